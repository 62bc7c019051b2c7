import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Installation } from '../installation.ts';
import { findFailed } from '../rerun.ts';
import { type Finding, finding } from './finding.ts';

const A_DAY = 86_400_000;

/** Did articles go without suggestions in the last day? */
export async function checkExecutions(
  client: SFNClient,
  { stateMachineArn }: Installation,
): Promise<Finding[]> {
  const failed = await findFailed(client, stateMachineArn, new Date(Date.now() - A_DAY));
  return [
    finding(
      'executions of the last 24 hours',
      failed.length > 0 &&
        `${failed.length} failed, so as many articles have no suggestions: look at one, mend its cause, then npm run rerun -- --failed --since 24h`,
    ),
  ];
}

/** Do events wait for which no execution could be started, or which could not be recorded? */
export async function checkDeadLetters(
  client: SQSClient,
  { deadLetterQueueUrl, history }: Installation,
): Promise<Finding[]> {
  const articles = await countMessages(client, deadLetterQueueUrl);
  const tags = history ? await countMessages(client, history.deadLetterQueueUrl) : 0;
  return [
    finding(
      'dead letters',
      articles > 0 &&
        `${articles} published articles started no execution: npm run deadletters -- list says why, resend starts them`,
    ),
    ...(history
      ? [
          finding(
            'dead letters of tags',
            tags > 0 &&
              `tags that authors kept were not recorded, ${tags} times: npm run deadletters -- list --of tags says why, resend records them`,
          ),
        ]
      : []),
  ];
}

async function countMessages(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/** Are there alarms, is any of them ringing, and does anybody hear it? */
export async function checkAlarms(
  clients: { cloudWatch: CloudWatchClient; sns: SNSClient },
  installation: Installation,
): Promise<Finding[]> {
  const AlarmNames = installation.findAll('AWS::CloudWatch::Alarm', 'Monitoring\\w+');
  const { MetricAlarms = [] } =
    AlarmNames.length > 0
      ? await clients.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: 100 }))
      : {};
  const ringing = MetricAlarms.filter(({ StateValue }) => StateValue === 'ALARM');
  return [
    finding(
      `${AlarmNames.length} alarms`,
      MetricAlarms.length < AlarmNames.length
        ? `${AlarmNames.length - MetricAlarms.length} of them are gone: npm run deploy`
        : AlarmNames.length === 0 && 'there are none, so nobody is told of trouble: npm run deploy',
    ),
    ...ringing.map((alarm) => finding(`alarm ${shortName(alarm)}`, `it rings: ${alarm.AlarmDescription}`)),
    ...MetricAlarms.filter(({ ActionsEnabled }) => ActionsEnabled === false).map((alarm) =>
      finding(`alarm ${shortName(alarm)}`, 'its actions are disabled, so it tells nobody: enable them'),
    ),
    ...(await checkTopic(clients.sns, installation)),
  ];
}

async function checkTopic(client: SNSClient, installation: Installation): Promise<Finding[]> {
  // A topic that the deployer gave is the deployer's to look after.
  const [TopicArn] = installation.findAll('AWS::SNS::Topic', 'Alarms');
  if (!TopicArn) return [];
  let confirmed = 0;
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    confirmed += Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:')).length;
  }
  return [
    finding(
      'who is told of alarms',
      confirmed === 0 &&
        'nobody: npm run deploy -- -c alarmEmail=ADDRESS and confirm the mail, or subscribe to the topic AlarmTopicArn',
    ),
  ];
}

/** CloudFormation's name is the stack's, the path and digits; the alarm's own is within. */
function shortName({ AlarmName = '' }: MetricAlarm): string {
  return /Monitoring(\w+?)[0-9A-F]{8}/.exec(AlarmName)?.[1] ?? AlarmName;
}

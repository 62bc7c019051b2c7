import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Installation } from '../../scripts/operate/installation.ts';
import { awsEnvironment, run } from './command.ts';
import { FaultyAws } from './faulty-aws.ts';
import { clientOptions, deployStack } from './stack.ts';

const aws = new FaultyAws(inject('aws'));
const options = clientOptions(inject('aws'));
const eventBridge = new EventBridgeClient(options);
const sfn = new SFNClient(options);
const s3 = new S3Client(options);
const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
const cloudWatch = new CloudWatchClient(options);
const lambda = new LambdaClient(options);
const ALARM = 'TagSuggestions-TagSuggestionsMonitoringExecutionsFailed012DB162-1ABC';
let environment: Record<string, string>;
let installation: Installation;

beforeAll(async () => {
  environment = awsEnvironment(await aws.listen());
});
beforeEach(() => deploy());
afterAll(() => aws.close());

async function deploy(context: Record<string, string> = {}) {
  aws.reset();
  installation = await deployStack(inject('aws'), context);
  // CloudFormation of the stand-in makes no alarms: one is made by hand, and listed with the rest.
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: ALARM,
      AlarmDescription: 'An article got no suggestions: its execution failed.',
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
  );
  aws.rewrites.ListStackResources = (answer) =>
    answer.replace(
      '</StackResourceSummaries>',
      `<member><ResourceType>AWS::CloudWatch::Alarm</ResourceType><LogicalResourceId>TagSuggestionsMonitoringExecutionsFailed012DB162</LogicalResourceId><PhysicalResourceId>${ALARM}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries>`,
    );
  // Nor does it read what processor a function is for.
  aws.rewrites.GetFunctionConfiguration = (answer) => answer.replace('x86_64', 'arm64');
  const [TopicArn] = installation.findAll('AWS::SNS::Topic', 'Alarms');
  const subscribe = {
    TopicArn,
    Protocol: 'sqs',
    Endpoint: 'arn:aws:sqs:ap-northeast-1:123456789012:operators',
  };
  await new SNSClient(options).send(new SubscribeCommand(subscribe));
}

const doctor = (...more: string[]) => run('doctor', more, environment);
const definition = async () => {
  const { stateMachineArn } = installation;
  return (await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition!;
};
const redefine = (text: string) =>
  sfn.send(
    new UpdateStateMachineCommand({ stateMachineArn: installation.stateMachineArn, definition: text }),
  );
const modelKey = async (name: string) => {
  const { FunctionArn } = await lambda.send(
    new GetFunctionConfigurationCommand({
      FunctionName: installation.find('AWS::Lambda::Function', 'Embedding'),
    }),
  );
  expect(FunctionArn).toBeDefined();
  const bucket = 'cdk-hnb659fds-assets-123456789012-ap-northeast-1';
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'models/' }));
  return { Bucket: bucket, Key: Contents.find(({ Key }) => Key!.endsWith(name))!.Key! };
};

it('finds a fresh installation in order', async () => {
  const { status, output } = await doctor();
  expect(output).toContain('all in order');
  expect(output).not.toContain('✘');
  for (const checked of [
    'rule',
    'definition',
    'function Embedding',
    'model',
    'fit',
    'dead letters',
    'alarms',
  ]) {
    expect(output).toContain(checked);
  }
  expect(status).toBe(0);
});

describe('says what is wrong in a sentence, with what to do, and ends with 1', () => {
  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'a paused rule',
      () => eventBridge.send(new DisableRuleCommand(installation.rule)),
      'it is disabled, so published articles start nothing: npm run resume',
    ],
    [
      'a changed pattern',
      () =>
        eventBridge.send(
          new PutRuleCommand({ ...installation.rule, EventPattern: '{"detail-type":["ArticleTagged"]}' }),
        ),
      "its pattern: it is not this checkout's",
    ],
    [
      'a rule without target',
      () =>
        eventBridge.send(
          new RemoveTargetsCommand({
            Rule: installation.rule.Name,
            EventBusName: installation.rule.EventBusName,
            Ids: ['Target0'],
          }),
        ),
      'its target: it does not start the state machine of this stack',
    ],
    [
      'an archive that takes nothing',
      async () => {
        aws.intercepts.DescribeArchive = async () => ({ State: 'CREATE_FAILED', StateReason: 'quota' });
      },
      'archive published: it is CREATE_FAILED (quota), so a pause cannot be made up for',
    ],
    [
      'another definition',
      async () => redefine((await definition()).replace('"TimeoutSeconds": 120', '"TimeoutSeconds": 60')),
      "its definition: it is not this checkout's, it differs at TimeoutSeconds: npm run deploy",
    ],
    [
      'a function that is gone',
      async () => redefine((await definition()).replaceAll(/(TagSuggestionsScorer[\w-]+)/g, '$1-gone')),
      /function Scorer: .* cannot be described .*: npm run deploy/,
    ],
    [
      'a function without enough memory',
      async () => {
        aws.rewrites.GetTemplate = (answer) => answer.replaceAll(/(MemorySize[^\d]+)512/g, '$13008');
      },
      'function Scorer: its memory is 512, the stack says 3008',
    ],
    [
      'a model that is not in S3',
      async () => s3.send(new DeleteObjectCommand(await modelKey('model2vec.bin'))),
      /its files in S3: .*model2vec\.bin is not there, so embeddings fail with ModelNotFound/,
    ],
    [
      'half a model',
      async () => s3.send(new PutObjectCommand({ ...(await modelKey('vocab.txt')), Body: 'half' })),
      /vocab\.txt has 4 bytes and should have \d+; delete it, then npm run deploy/,
    ],
    [
      'dead letters',
      () =>
        sqs.send(new SendMessageCommand({ QueueUrl: installation.deadLetterQueueUrl, MessageBody: '{}' })),
      'dead letters: 1 published articles started no execution: npm run deadletters -- list says why',
    ],
    [
      'a ringing alarm',
      () =>
        cloudWatch.send(
          new SetAlarmStateCommand({ AlarmName: ALARM, StateValue: 'ALARM', StateReason: 'test' }),
        ),
      'alarm ExecutionsFailed: it rings: An article got no suggestions: its execution failed.',
    ],
  ])('%s', async (_, breakIt, message) => {
    await breakIt();
    const { status, output } = await doctor();
    expect(output).toMatch(message);
    expect(output).toContain('\none thing is wrong');
    expect(status).toBe(1);
    await expect(eventBridge.send(new DescribeRuleCommand(installation.rule))).resolves.toBeDefined();
  });

  it('an OpenSearch that does not answer, and what that has for consequences', async () => {
    await deploy({
      openSearch: 'https://search.example.com',
      openSearchDomainArn: 'arn:aws:es:ap-northeast-1:123456789012:domain/blog',
    });
    const { status, output } = await doctor('--opensearch', 'http://127.0.0.1:9');
    expect(output).toMatch(
      /OpenSearch at http:\/\/127\.0\.0\.1:9: suggestions are degraded .* KeywordsUnavailable/,
    );
    expect(status).toBe(1);
    expect((await doctor('--skip-opensearch')).output).toContain('all in order');
  });

  it('what it may not look at, and looks at the rest', async () => {
    aws.intercepts.DescribeStateMachine = async () => ({
      __type: 'AccessDeniedException',
      message: 'not you',
    });
    const { status, output } = await doctor();
    expect(output).toContain('state machine: it cannot be checked: AccessDeniedException: not you');
    expect(output).toContain('✔ dead letters');
    expect(status).toBe(1);
  });
});

it('ends with 2 when there is no such stack', async () => {
  const { status, output } = await doctor('--stack', 'Elsewhere');
  expect(output).toContain('there is no stack Elsewhere in ap-northeast-1');
  expect(status).toBe(2);
});

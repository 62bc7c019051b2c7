import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Installation } from '../../scripts/operate/installation.ts';
import { awsEnvironment, run } from './command.ts';
import { FaultyAws } from './faulty-aws.ts';
import { clientOptions, deployStack, WITH_HISTORY } from './stack.ts';

const aws = new FaultyAws(inject('aws'));
const options = clientOptions(inject('aws'));
const eventBridge = new EventBridgeClient(options);
const sfn = new SFNClient(options);
const s3 = new S3Client(options);
const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
const cloudWatch = new CloudWatchClient(options);
const lambda = new LambdaClient(options);
const ALARM = 'TagSuggestions-TagSuggestionsMonitoringExecutionsFailed012DB162-1ABC';
const ALARM_OF_TAGS = 'TagSuggestions-TagSuggestionsMonitoringTagsNotRecorded3B1F6A2C-2DEF';
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
  // CloudFormation of the stand-in makes no alarms: some are made by hand, and listed with the rest.
  const alarms: Record<string, string> = { [ALARM]: 'An article got no suggestions: its execution failed.' };
  if (installation.history) alarms[ALARM_OF_TAGS] = 'What authors kept was not recorded.';
  for (const [AlarmName, AlarmDescription] of Object.entries(alarms)) {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        AlarmDescription,
        Namespace: 'AWS/States',
        MetricName: 'ExecutionsFailed',
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    );
  }
  const listed = Object.keys(alarms).map(
    (name) =>
      `<member><ResourceType>AWS::CloudWatch::Alarm</ResourceType><LogicalResourceId>${name.split('-')[1]}</LogicalResourceId><PhysicalResourceId>${name}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
  );
  aws.rewrites.ListStackResources = (answer) =>
    answer.replace('</StackResourceSummaries>', `${listed.join('')}</StackResourceSummaries>`);
  // Nor does it read what processor a function is for, and where its dead letters go.
  const queue = installation.history?.deadLetterQueueUrl.split('/').at(-1);
  const TargetArn = `arn:aws:sqs:ap-northeast-1:123456789012:${queue}`;
  aws.rewrites.GetFunctionConfiguration = (answer) =>
    answer
      .replace('x86_64', 'arm64')
      .replace(/^\{(?=.*HistoryFunction)/s, `{"DeadLetterConfig": ${JSON.stringify({ TargetArn })}, `);
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
    await deploy(WITH_HISTORY);
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

describe('of the history', () => {
  const history = () => installation.history!;
  const ofTags = () => ({ Rule: history().rule.Name, EventBusName: history().rule.EventBusName });
  const configure = (change: (configuration: string) => string) => {
    const before = aws.rewrites.GetFunctionConfiguration!;
    aws.rewrites.GetFunctionConfiguration = (answer) =>
      answer.includes('HistoryFunction') ? change(before(answer)) : before(answer);
  };
  beforeEach(() => deploy(WITH_HISTORY));

  it('says nothing without OpenSearch, as there is none', async () => {
    await deploy();
    const { output } = await doctor();
    expect(output).not.toMatch(/history|tags:/i);
    expect(output).toContain('all in order');
  });

  it('finds a fresh installation in order', async () => {
    const { status, output } = await doctor('--skip-opensearch');
    for (const checked of [/rule \S+-tags on bus/, 'function History', 'its index', 'dead letters of tags']) {
      expect(output).toMatch(checked);
    }
    expect(output).toContain('2 alarms');
    expect(output).toContain('all in order');
    expect(status).toBe(0);
  });

  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'a paused rule',
      () => eventBridge.send(new DisableRuleCommand(history().rule)),
      /rule \S+-tags on bus \S+: it is disabled, so what authors keep is not learnt: npm run resume -- --of tags, unless/,
    ],
    [
      'a changed pattern',
      () =>
        eventBridge.send(
          new PutRuleCommand({ ...history().rule, EventPattern: '{"detail-type":["ArticlePublished"]}' }),
        ),
      "its pattern: it is not this checkout's, so it may miss what authors keep",
    ],
    [
      'a rule without target',
      () => eventBridge.send(new RemoveTargetsCommand({ ...ofTags(), Ids: ['Target0'] })),
      'its target: it does not call the history function of this stack: npm run deploy',
    ],
    [
      'a target whose events are lost',
      async () => {
        const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand(ofTags()));
        const [{ Id, Arn }] = Targets as [{ Id: string; Arn: string }];
        return eventBridge.send(new PutTargetsCommand({ ...ofTags(), Targets: [{ Id, Arn }] }));
      },
      'its target: what cannot be delivered is lost, as it does not go to the dead-letter queue',
    ],
    [
      'a function that is gone',
      () => lambda.send(new DeleteFunctionCommand({ FunctionName: history().functionName })),
      /function History: .* cannot be described .*: npm run deploy/,
    ],
    [
      'a function that somebody changed',
      async () => configure((answer) => answer.replace(/"MemorySize": ?512/, '"MemorySize": 128')),
      'function History: its memory is 128, the stack says 512',
    ],
    [
      'a function that records elsewhere',
      async () => configure((answer) => answer.replaceAll('search.example.com', 'old.example.com')),
      'its index: it records where suggestions do not look: OPENSEARCH_URL is https://old.example.com, the keyword function has https://search.example.com',
    ],
    [
      'a function whose failures are lost',
      async () => configure((answer) => answer.replaceAll('DeadLetterConfig', 'Nothing')),
      'its dead-letter queue: what it fails to record is lost',
    ],
    [
      'dead letters',
      () => sqs.send(new SendMessageCommand({ QueueUrl: history().deadLetterQueueUrl, MessageBody: '{}' })),
      'dead letters of tags: tags that authors kept were not recorded, 1 times: npm run deadletters -- list --of tags',
    ],
    [
      'a ringing alarm',
      () =>
        cloudWatch.send(
          new SetAlarmStateCommand({ AlarmName: ALARM_OF_TAGS, StateValue: 'ALARM', StateReason: 'test' }),
        ),
      'alarm TagsNotRecorded: it rings: What authors kept was not recorded.',
    ],
    [
      'an alarm that is gone',
      () => cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [ALARM_OF_TAGS] })),
      '2 alarms: 1 of them are gone: npm run deploy',
    ],
    [
      'a stack from before there were histories',
      async () => {
        const before = aws.rewrites.ListStackResources!;
        aws.rewrites.ListStackResources = (answer) =>
          before(answer).replaceAll('TagSuggestionsHistory', 'TagSuggestionsHistoric');
      },
      'history: nothing records which tags authors keep, though there is OpenSearch: npm run deploy',
    ],
  ])('says of %s what is wrong in a sentence, and ends with 1', async (_, breakIt, message) => {
    await breakIt();
    const { status, output } = await doctor('--skip-opensearch');
    expect(output).toMatch(message);
    expect(output).toContain('\none thing is wrong');
    expect(status).toBe(1);
  });
});

it('ends with 2 when there is no such stack', async () => {
  const { status, output } = await doctor('--stack', 'Elsewhere');
  expect(output).toContain('there is no stack Elsewhere in ap-northeast-1');
  expect(status).toBe(2);
});

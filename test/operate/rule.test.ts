import { DescribeRuleCommand, EventBridgeClient, ListReplaysCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Installation } from '../../scripts/operate/installation.ts';
import type { RuleName } from '../../scripts/operate/rule.ts';
import { awsEnvironment, run } from './command.ts';
import { FaultyAws } from './faulty-aws.ts';
import { clientOptions, deployStack, WITH_HISTORY } from './stack.ts';

const aws = new FaultyAws(inject('aws'));
const client = new EventBridgeClient(clientOptions(inject('aws')));
let environment: Record<string, string>;
let installation: Installation;

beforeAll(async () => {
  environment = awsEnvironment(await aws.listen());
});
beforeEach(async () => {
  aws.reset();
  installation = await deployStack(inject('aws'));
});
afterAll(() => aws.close());

const rule = (...options: string[]) => run('rule', options, environment);
const stateOf = async (name: RuleName) => (await client.send(new DescribeRuleCommand(name))).State;
const stateOfRule = () => stateOf(installation.rule);
const replays = async () => (await client.send(new ListReplaysCommand({}))).Replays ?? [];

describe('npm run pause and npm run resume', () => {
  it('disable the rule and enable it again, and say how to make up for the time between', async () => {
    const paused = await rule('pause');
    expect(paused).toMatchObject({ status: 0, output: expect.stringContaining('is paused since 20') });
    expect(await stateOfRule()).toBe('DISABLED');
    const [since] = /20\S+Z/.exec(paused.output)!;
    const resumed = await rule('resume');
    expect(await stateOfRule()).toBe('ENABLED');
    expect(resumed.output).toContain(`npm run replay -- --from ${since} --to 20`);
    expect(resumed.status).toBe(0);
  });

  it('change nothing when it is so already, and keep the time of the first pause', async () => {
    expect((await rule('resume')).output).toContain('is enabled already; nothing was changed');
    const [since] = /20\S+Z/.exec((await rule('pause')).output)!;
    expect((await rule('pause')).output).toContain(`is disabled already, since ${since}`);
    expect((await rule('resume')).output).toContain(`--from ${since}`);
  });

  it('do what they say when AWS throttles or an answer is lost', async () => {
    aws.faults = { DisableRule: ['throttled', 'answer lost'], EnableRule: ['answer lost'] };
    expect((await rule('pause')).status).toBe(0);
    expect(await stateOfRule()).toBe('DISABLED');
    expect((await rule('resume')).status).toBe(0);
    expect(await stateOfRule()).toBe('ENABLED');
  });
});

describe('npm run replay', () => {
  const times = ['--from', '2026-04-01T00:00:00Z', '--to', '2026-04-01T06:00:00Z'];

  it('gives the articles of a time to the rule and to no other', async () => {
    const { status, output } = await rule('replay', ...times);
    expect(output).toContain('COMPLETED');
    expect(status).toBe(0);
    const [replay] = await replays();
    expect(replay).toMatchObject({
      EventSourceArn: expect.stringContaining('archive/published'),
      EventStartTime: new Date('2026-04-01T00:00:00Z'),
      EventEndTime: new Date('2026-04-01T06:00:00Z'),
    });
  });

  it('is one replay, however often it is started and whatever is lost', async () => {
    aws.faults = { StartReplay: ['throttled', 'answer lost'] };
    for (let attempt = 0; attempt < 2; attempt += 1) expect((await rule('replay', ...times)).status).toBe(0);
    expect(await replays()).toHaveLength(1);
  });

  it('ends with 1 when the replay failed', async () => {
    aws.intercepts.DescribeReplay = async (request, forward) => ({
      ...(await forward(request)),
      State: 'FAILED',
      StateReason: 'no permission',
    });
    const { status, output } = await rule('replay', ...times);
    expect(output).toContain('FAILED, no permission');
    expect(status).toBe(1);
  });

  it('only takes the rule for its destination', async () => {
    let destination: unknown;
    aws.intercepts.StartReplay = async (request, forward) => {
      destination = request.Destination;
      return forward(request);
    };
    await rule('replay', ...times);
    const { Arn } = await client.send(new DescribeRuleCommand(installation.rule));
    expect(destination).toEqual({
      Arn: `arn:aws:events:ap-northeast-1:123456789012:event-bus/${installation.rule.EventBusName}`,
      FilterArns: [Arn],
    });
  });

  it.each([
    [
      'before the archive has everything',
      ['--from', '2h', '--to', '1m'],
      'the archive may lack events of the last ten minutes',
    ],
    ['backwards', ['--from', '1h', '--to', '2h'], '--from must be before --to'],
    ['without times', [], "required option '--from <time>' not specified"],
  ])('refuses to run %s', async (_, options, message) => {
    const { status, output } = await rule('replay', ...options);
    expect(output).toContain(message);
    expect(status).toBe(2);
    expect(await replays()).toEqual([]);
  });
});

describe('the rule for the tags that authors keep', () => {
  const times = ['--from', '2026-04-01T00:00:00Z', '--to', '2026-04-01T06:00:00Z'];
  const tags = () => installation.history!.rule;
  beforeEach(async () => {
    installation = await deployStack(inject('aws'), WITH_HISTORY);
  });

  it('goes on when the other is paused, and whoever pauses is told so', async () => {
    const { output } = await rule('pause');
    expect(output).toContain('tags that authors save go on being recorded; npm run pause -- --of tags stops');
    expect([await stateOfRule(), await stateOf(tags())]).toEqual(['DISABLED', 'ENABLED']);
    expect((await rule('resume')).output).toContain('npm run replay -- --from 20');
  });

  it('is paused and resumed alone by --of tags, with a replay of its own', async () => {
    const paused = await rule('pause', '--of', 'tags');
    expect(paused.output).toContain('npm run resume -- --of tags goes on; what authors save until then');
    expect([await stateOfRule(), await stateOf(tags())]).toEqual(['ENABLED', 'DISABLED']);
    const [since] = /20\S+Z/.exec(paused.output)!;
    const { status, output } = await rule('resume', '--of', 'tags');
    expect(await stateOf(tags())).toBe('ENABLED');
    expect(output).toContain(`npm run replay -- --of tags --from ${since} --to 20`);
    expect(status).toBe(0);
  });

  it('gets a replay alone, which is another one than that of the articles', async () => {
    const destinations: { FilterArns: string[] }[] = [];
    aws.intercepts.StartReplay = async (request, forward) => {
      destinations.push(request.Destination);
      return forward(request);
    };
    expect((await rule('replay', '--of', 'tags', ...times)).status).toBe(0);
    expect((await rule('replay', ...times)).status).toBe(0);
    expect(destinations.map(({ FilterArns: [arn] }) => arn!.split('/').at(-1))).toEqual([
      tags().Name,
      installation.rule.Name,
    ]);
    expect(tags().Name).toBe(`${installation.rule.Name}-tags`);
    expect(await replays()).toHaveLength(2);
  });

  it.each(['pause', 'resume', 'replay'])('is missed by %s in a line where there is none', async (command) => {
    installation = await deployStack(inject('aws'));
    const { status, output } = await rule(command, '--of', 'tags', ...(command === 'replay' ? times : []));
    expect(output).toContain('stack TagSuggestions records no tags: it was deployed without OpenSearch');
    expect(status).toBe(2);
    expect(await stateOfRule()).toBe('ENABLED');
  });
});

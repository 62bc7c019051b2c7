import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { originOf } from '../../functions/scorer/suggestion.ts';
import { awsEnvironment, run, start } from './command.ts';
import { deployStack } from './stack.ts';
import { arnOf, StepFunctions } from './step-functions.ts';

const service = new StepFunctions();
let environment: Record<string, string>;

beforeAll(async () => {
  environment = awsEnvironment(await service.listen());
});
beforeEach(() => service.reset());
afterAll(() => service.close());

const rerun = (...options: string[]) => run('rerun', options, environment);
const EXPIRED = {
  redriveStatus: 'NOT_REDRIVABLE',
  redriveStatusReason: 'Execution redrivable period exceeded',
} as const;

describe('npm run rerun -- --execution', () => {
  it('redrives what failed, so that it goes on where it stopped', async () => {
    const arn = service.add({ name: 'failed', status: 'FAILED' });
    const { status, output } = await rerun('--execution', arn);
    expect(output).toContain('1 redriven, 0 started anew, 0 left alone, 0 failed');
    expect(status).toBe(0);
    expect(service.redriven).toEqual(['failed']);
    expect(service.started).toEqual([]);
  });

  it('starts anew what is too old to be redriven, with the recorded input and a name that origin reads as rerun', async () => {
    const arn = service.add({ name: 'old', status: 'FAILED', input: '{"id":"recorded"}', ...EXPIRED });
    const { status, output } = await rerun('--execution', arn);
    expect(output).toContain('started anew: Execution redrivable period exceeded');
    expect(status).toBe(0);
    expect(service.started).toMatchObject([{ input: '{"id":"recorded"}' }]);
    expect(originOf({ ...service.started[0]!, id: 'x', redriveCount: 0 })).toBe('rerun');
  });

  it('starts anew what succeeded: a degraded suggestion is made again', async () => {
    const arn = service.add({ name: 'degraded', status: 'SUCCEEDED' });
    expect((await rerun('--execution', arn)).output).toContain('1 started anew');
  });

  it('starts anew what could be redriven when the deployment was to blame (--new)', async () => {
    const arn = service.add({ name: 'failed', status: 'FAILED' });
    expect((await rerun('--execution', arn, '--new')).output).toContain('1 started anew');
    expect(service.redriven).toEqual([]);
    // Without --new, too, it is known that it ran again.
    expect((await rerun('--execution', arn)).output).toContain('it was run again already and is running');
    expect(service.redriven).toEqual([]);
  });

  it('leaves alone what is running', async () => {
    const arn = service.add({ name: 'running', status: 'RUNNING' });
    const { status, output } = await rerun('--execution', arn);
    expect(output).toContain('left alone: it is running');
    expect(status).toBe(0);
  });

  it('runs the rerun once more, when that failed as well', async () => {
    const arn = service.add({ name: 'old', status: 'FAILED', ...EXPIRED });
    await rerun('--execution', arn);
    const again = service.started[0]!.name;
    service.add({ name: again, status: 'FAILED' });
    await rerun('--execution', arn, arnOf(again));
    expect(service.redriven).toEqual([again]);
    expect(service.started).toHaveLength(1);
  });

  it('names each execution that it could not run, runs the others, and ends with 1', async () => {
    const arn = service.add({ name: 'failed', status: 'FAILED' });
    const { status, output } = await rerun('--execution', arnOf('missing'), arn);
    expect(output).toContain('ExecutionDoesNotExist: Execution Does Not Exist');
    expect(output).toContain('1 redriven, 0 started anew, 0 left alone, 1 failed');
    expect(status).toBe(1);
  });

  it('says that an input cannot be read, instead of starting an execution without one', async () => {
    const arn = service.add({ name: 'encrypted', status: 'SUCCEEDED' });
    delete service.executions.get('encrypted')!.input;
    const { status, output } = await rerun('--execution', arn);
    expect(output).toContain('its input cannot be read');
    expect(status).toBe(1);
    expect(service.started).toEqual([]);
  });

  it('does nothing in a dry run', async () => {
    const failed = service.add({ name: 'failed', status: 'FAILED' });
    const old = service.add({ name: 'old', status: 'FAILED', ...EXPIRED });
    const { status, output } = await rerun('--execution', failed, old, '--dry-run');
    expect(output).toContain('would be redriven');
    expect(output).toContain('nothing was done; would be: 1 redriven, 1 started anew');
    expect(status).toBe(0);
    expect([...service.redriven, ...service.started]).toEqual([]);
  });
});

describe('npm run rerun -- --failed', () => {
  let deployed: Record<string, string>;
  beforeAll(async () => {
    await deployStack(inject('aws'));
    deployed = awsEnvironment(inject('aws'), { SFN: environment.AWS_ENDPOINT_URL! });
  });
  const failed = (...options: string[]) => run('rerun', ['--failed', ...options], deployed);
  const ago = (hours: number) => Date.now() / 1000 - hours * 3600;

  it('finds what failed or timed out in the stack, over all pages, and leaves alone what was aborted', async () => {
    for (let i = 0; i < 5; i += 1) service.add({ name: `failed-${i}`, status: 'FAILED' });
    service.add({ name: 'slow', status: 'TIMED_OUT' });
    service.add({ name: 'stopped', status: 'ABORTED' });
    service.add({ name: 'fine', status: 'SUCCEEDED' });
    const { status, output } = await failed();
    expect(output).toContain('6 redriven, 0 started anew, 0 left alone, 0 failed');
    expect(status).toBe(0);
    expect(service.redriven.toSorted()).toEqual([...[0, 1, 2, 3, 4].map((i) => `failed-${i}`), 'slow']);
  });

  it('takes those that ended since then, whenever they began', async () => {
    service.add({ name: 'today', status: 'FAILED', stopDate: ago(1.9) });
    service.add({ name: 'earlier', status: 'FAILED', stopDate: ago(2.1) });
    await failed('--since', '2h');
    expect(service.redriven).toEqual(['today']);
    service.add({ name: 'yesterday', status: 'FAILED', stopDate: ago(24.1) });
    await failed();
    expect(service.redriven).toEqual(['today', 'earlier']);
    await failed('--since', '2d');
    expect(service.redriven).toEqual(['today', 'earlier', 'yesterday']);
  });

  it('can be kept to errors by their names', async () => {
    service.add({ name: 'fit', status: 'FAILED', error: 'FitMismatch' });
    service.add({ name: 'article', status: 'FAILED', error: 'InvalidArticle' });
    service.add({ name: 'slow', status: 'TIMED_OUT' });
    await failed('--error', 'FitMismatch', 'States.Timeout');
    expect(service.redriven.toSorted()).toEqual(['fit', 'slow']);
  });

  it('does not run twice what has a rerun that failed, too', async () => {
    service.add({ name: 'old', status: 'FAILED', ...EXPIRED });
    await failed();
    const { name } = service.started[0]!;
    service.add({ name, status: 'FAILED' });
    await failed();
    expect(service.redriven).toEqual([name]);
    expect(service.started).toHaveLength(1);
  });

  it('loses none when the list is throttled', async () => {
    for (let i = 0; i < 5; i += 1) service.add({ name: `failed-${i}`, status: 'FAILED' });
    service.faults = { ListExecutions: ['throttled', 'throttled', 'answer lost'] };
    expect((await failed()).status).toBe(0);
    expect(service.redriven).toHaveLength(5);
  });

  it('says so when nothing failed', async () => {
    const { status, output } = await failed();
    expect(output).toContain('nothing failed since 20');
    expect(status).toBe(0);
  });

  it('says that there is no such stack', async () => {
    const { status, output } = await failed('--stack', 'Elsewhere');
    expect(output).toContain('there is no stack Elsewhere in ap-northeast-1; name it by --stack');
    expect(status).toBe(2);
  });
});

describe('nothing is lost and nothing doubled', () => {
  it.each(['RedriveExecution', 'StartExecution', 'DescribeExecution'])(
    'when %s is throttled',
    async (operation) => {
      service.faults = { [operation]: ['throttled', 'throttled', 'throttled'] };
      const failed = service.add({ name: 'failed', status: 'FAILED' });
      const old = service.add({ name: 'old', status: 'FAILED', ...EXPIRED });
      const { status } = await rerun('--execution', failed, old);
      expect(status).toBe(0);
      expect(service.redriven).toEqual(['failed']);
      expect(service.started).toHaveLength(1);
    },
  );

  it.each(['RedriveExecution', 'StartExecution'])('when the answer of %s is lost', async (operation) => {
    service.faults = { [operation]: ['answer lost'] };
    const failed = service.add({ name: 'failed', status: 'FAILED' });
    const old = service.add({ name: 'old', status: 'FAILED', ...EXPIRED });
    const { status } = await rerun('--execution', failed, old);
    expect(status).toBe(0);
    expect(service.redriven).toEqual(['failed']);
    expect(service.started).toHaveLength(1);
  });

  it('when the time to redrive runs out between question and request', async () => {
    const arn = service.add({ name: 'old', status: 'FAILED' });
    service.onCarriedOut = () => Object.assign(service.executions.get('old')!, EXPIRED);
    const { status } = await rerun('--execution', arn);
    expect(status).toBe(0);
    expect(service.started).toHaveLength(1);
  });

  it('when the state is read too early: that of before the redrive', async () => {
    const arn = service.add({ name: 'failed', status: 'FAILED' });
    const before = { ...service.executions.get('failed')! };
    await rerun('--execution', arn);
    service.executions.set('failed', before);
    expect((await rerun('--execution', arn)).status).toBe(0);
    expect(service.redriven).toEqual(['failed']);
  });

  it('when somebody else was faster, and it has succeeded already', async () => {
    const arn = service.add({ name: 'failed', status: 'FAILED' });
    service.onCarriedOut = () =>
      Object.assign(service.executions.get('failed')!, {
        status: 'SUCCEEDED',
        redriveStatus: 'NOT_REDRIVABLE',
      });
    const { output } = await rerun('--execution', arn);
    expect(output).toContain('it has succeeded meanwhile');
    expect(service.started).toEqual([]);
  });

  it('when the command is interrupted and started again', async () => {
    const arns = Array.from({ length: 12 }, (_, i) =>
      service.add({ name: `e${i}`, status: 'FAILED', ...(i % 2 === 0 && EXPIRED) }),
    );
    const options = ['--execution', ...arns, '--concurrency', '2'];
    const first = start('rerun', options, environment);
    service.onCarriedOut = () => {
      if (service.started.length + service.redriven.length === 5) first.child.kill('SIGKILL');
    };
    await first.ended;
    const done = service.started.length + service.redriven.length;
    expect(done).toBeGreaterThanOrEqual(5);
    expect(done).toBeLessThan(12);
    service.onCarriedOut = () => {};
    // Some of the first run have ended meanwhile.
    for (const { name } of service.started.slice(0, 2)) service.add({ name, status: 'SUCCEEDED' });
    const { status, output } = await rerun(...options);
    expect(status).toBe(0);
    expect(output).toContain(`${done} left alone`);
    expect(service.redriven.toSorted()).toEqual(['e1', 'e11', 'e3', 'e5', 'e7', 'e9']);
    expect(new Set(service.started.map(({ input }) => input)).size).toBe(6);
    expect(service.started).toHaveLength(6);
  });
});

describe('wrong input ends with 2 and one line', () => {
  it.each([
    ['neither --execution nor --failed', [], 'say which: --execution ARN or --failed'],
    ['no ARN', ['--execution', 'suggest-tags'], 'must be the ARN of an execution'],
    ['both', ['--failed', '--execution', arnOf('a')], 'cannot be used with'],
    ['a time that is none', ['--failed', '--since', 'yesterday'], 'must be like 90m, 24h, 7d'],
    ['no concurrency', ['--failed', '--concurrency', '0'], 'must be a whole number from 1 to 50'],
  ])('%s', async (_, options, message) => {
    const { status, output } = await rerun(...options);
    expect(status).toBe(2);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['no region', {}, 'no region is set: export AWS_REGION'],
    ['no credentials', { AWS_REGION: 'ap-northeast-1' }, 'no AWS credentials are found'],
  ])('%s', async (_, given, message) => {
    const { status, output } = await run('rerun', ['--execution', arnOf('a')], given);
    expect(status).toBe(2);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
  });
});

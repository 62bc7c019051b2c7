import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { readDefinition } from '../../infra/local/workflow.ts';
import { countTransitions, estimate } from '../../scripts/backfill/estimate.ts';
import { awsEnvironment, run, start } from '../operate/command.ts';
import { LocalStepFunctions } from '../statemachines/local-step-functions.ts';
import { ARCHIVE, deployStack, Objects } from './stack.ts';
import { StepFunctions } from './step-functions.ts';

const moto = inject('aws');
const objects = new Objects(moto);
const row = (articleId: string, data: object = {}) => ({
  metadata: articlePublishedSample.metadata,
  data: { ...articlePublishedSample.data, articleId, ...data },
});
const jsonLines = (rows: readonly unknown[]) => rows.map((one) => JSON.stringify(one)).join('\n');
const articles = (count: number) => Array.from({ length: count }, (_, index) => row(`article-${index}`));

/** Articles whose suggest-tags fails, and why. */
const failures = new Map<string, string>();
/** Suggestions wait here. */
let gate: Promise<void>;
let children: LocalStepFunctions;
let service: StepFunctions;
let environment: Record<string, string>;

beforeEach(async () => {
  failures.clear();
  gate = Promise.resolve();
  children = new LocalStepFunctions(async (input) => {
    await gate;
    const { articleId } = (input as { detail: ReturnType<typeof row> }).detail.data;
    const error = failures.get(articleId);
    if (error) throw Object.assign(new Error('said "the test"'), { error });
  });
  service = new StepFunctions(objects, children);
  environment = awsEnvironment(moto, { SFN: await service.listen() });
  await deployStack(moto);
});
afterEach(() => service.close());

const LOCATION = `s3://${ARCHIVE}/blog/`;
const follow = ['--interval', '0.05'];
const backfill = (...options: string[]) => run('backfill', [LOCATION, ...follow, ...options], environment);
const holdSuggestions = () => {
  let release = () => {};
  gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return release;
};

describe('npm run backfill', () => {
  it('suggests for each line of each object, and says how many', async () => {
    await objects.put(ARCHIVE, 'blog/2024.jsonl', jsonLines(articles(5)));
    await objects.put(ARCHIVE, 'blog/single.json', jsonLines([row('single')]));
    await objects.put(ARCHIVE, 'drafts/no.jsonl', jsonLines([row('draft')]));
    const { status, output } = await backfill();
    expect(output).toContain('6 articles: 6 suggested, 0 suggested before, 0 failed');
    expect(status).toBe(0);
    expect(children.executions.size).toBe(6);
    expect(JSON.parse(service.backfills[0]!.input)).toEqual({ bucket: ARCHIVE, prefix: 'blog/' });
  });

  it('passes on what is asked for, and nothing else', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(1)));
    await backfill('--concurrency', '3', '--tolerate', '50', '--edition', 'may');
    expect(JSON.parse(service.backfills[0]!.input)).toMatchObject({
      concurrency: 3,
      toleratedFailurePercentage: 50,
      edition: 'may',
    });
  });

  it('names each article that failed, with the error of its own execution, and exits with 1', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines([...articles(20), { no: 'article' }]));
    failures.set('article-7', 'PublishFailed');
    const { status, output } = await backfill();
    expect(output).toContain('21 articles: 19 suggested, 0 suggested before, 2 failed');
    expect(output).toContain('article-7 (revision 3): PublishFailed: said "the test"');
    expect(output).toMatch(/line {"detail":{"no":"article"}.*: InvalidArticle: a line must be the detail/);
    expect(output).toMatch(/results: s3:\/\/backfill-of-the-blog\/results\/[\w-]+\//);
    expect(status).toBe(1);
  });

  it('does what is left when it is run again: nothing lost, nothing doubled', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(20)));
    failures.set('article-7', 'PublishFailed');
    await backfill();
    failures.clear();
    const { status, output } = await backfill();
    expect(output).toContain('20 articles: 1 suggested, 19 suggested before, 0 failed');
    expect(status).toBe(0);
    expect(children.executions.size).toBe(21);
    expect(service.backfills.map(({ name }) => name.split('-').at(-1))).toEqual(['1', '2']);
    await backfill();
    await backfill();
    expect((await backfill()).output).toContain('20 suggested before');
    expect(children.executions.size).toBe(21);
  });

  it('says that the backfill failed when more fail than are tolerated', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(4)));
    for (const one of ['article-1', 'article-2']) failures.set(one, 'FitMismatch');
    const { status, output } = await backfill();
    expect(output).toContain('the backfill ended as FAILED: States.ExceedToleratedFailureThreshold');
    expect(output).toContain('4 articles: 2 suggested, 0 suggested before, 2 failed');
    expect(status).toBe(1);
  });

  it('goes on when it is throttled', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(3)));
    service.throttle = { ListExecutions: 2, StartExecution: 2, DescribeExecution: 2, DescribeMapRun: 2 };
    const { status, output } = await backfill();
    expect(output).toContain('3 articles: 3 suggested');
    expect(status).toBe(0);
    expect(service.backfills).toHaveLength(1);
  });
});

describe('interrupted', () => {
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  /** Waits until a command has said something. */
  const saying = (child: ReturnType<typeof start>['child'], words: RegExp) =>
    new Promise<void>((resolve) => {
      child.stderr.on('data', (text) => words.test(String(text)) && resolve());
    });

  it('starts one backfill, though the answer to its start is lost', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(3)));
    const release = holdSuggestions();
    service.lose = { StartExecution: 1 };
    const { child, ended } = start('backfill', [LOCATION, ...follow], environment);
    await saying(child, /started/);
    release();
    expect((await ended).output).toContain('3 articles: 3 suggested');
    expect(service.requests.filter((one) => one === 'StartExecution')).toHaveLength(2);
    expect(service.backfills).toHaveLength(1);
  });

  it('leaves the backfill running, and follows it when it is started again', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(10)));
    const release = holdSuggestions();
    const { child, ended } = start('backfill', [LOCATION, ...follow], environment);
    await until(() => service.requests.includes('DescribeMapRun'));
    child.kill('SIGINT');
    const { status, output } = await ended;
    expect(output).toContain('the backfill goes on, and the same command follows it again');
    expect(status).toBe(130);
    expect(service.backfills).toMatchObject([{ status: 'RUNNING' }]);

    const again = start('backfill', [LOCATION, ...follow], environment);
    await saying(again.child, /is running already/);
    release();
    const end = await again.ended;
    expect(end.output).toContain('is running already; following it');
    expect(end.output).toContain('10 articles: 10 suggested, 0 suggested before, 0 failed');
    expect(end.status).toBe(0);
    expect(service.backfills).toHaveLength(1);
    expect(children.executions.size).toBe(10);
  });

  it('starts one backfill when two people start it at once', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(10)));
    const release = holdSuggestions();
    const both = [1, 2].map(() => start('backfill', [LOCATION, ...follow], environment));
    await Promise.all(both.map(({ child }) => saying(child, /started|is running already/)));
    release();
    for (const { status, output } of await Promise.all(both.map(({ ended }) => ended))) {
      expect(output).toContain('10 articles: 10 suggested');
      expect(status).toBe(0);
    }
    expect(service.backfills).toHaveLength(1);
  });

  it('starts another one for another edition', async () => {
    await objects.put(ARCHIVE, 'blog/a.jsonl', jsonLines(articles(2)));
    await backfill();
    const { output } = await backfill('--edition', 'weights-of-may');
    // The stand-in's items carry the edition in their names as the deployed ones do.
    expect(output).toContain('2 articles: 2 suggested, 0 suggested before');
    expect(children.executions.size).toBe(4);
  });
});

describe('--dry-run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  const file = join(folder, 'articles.jsonl');
  afterAll(() => rmSync(folder, { recursive: true }));
  const wrong = [
    jsonLines([row('a'), row('b', { title: '' })]),
    '',
    '{"broken',
    jsonLines([row('a'), row('c', { body: undefined }), row('d', { revision: '1' }), row('e')]),
  ].join('\n');

  it.each([
    ['a file', file, file],
    ['an archive in S3', LOCATION, `${LOCATION}wrong.jsonl`],
  ])(
    'reports each bad line of %s by file and line, counts the rest and starts nothing',
    async (_, from, name) => {
      writeFileSync(file, wrong);
      await objects.put(ARCHIVE, 'blog/wrong.jsonl', wrong);
      const { status, output } = await run('backfill', [from, '--dry-run'], environment);
      expect(output).toContain(`${name}:2: data.title: title must not be empty`);
      expect(output).toContain(`${name}:4: not JSON, one object a line`);
      expect(output).toContain(`${name}:5: the same article and revision as ${name}:1`);
      expect(output).toContain(`${name}:6: data.body: either body or bodyLocation`);
      expect(output).toContain(`${name}:7: data.revision: `);
      expect(output).toContain('2 articles, 1 repeated, 4 bad lines');
      expect(status).toBe(2);
      expect(service.requests).toEqual([]);
    },
  );

  it('estimates time and cost of good lines, and needs no AWS for a file', async () => {
    writeFileSync(file, jsonLines(articles(1000)));
    const { status, output } = await run('backfill', [
      file,
      '--dry-run',
      '--concurrency',
      '20',
      '--seconds',
      '4',
    ]);
    expect(output).toContain('1000 articles, 0 repeated, 0 bad lines');
    expect(output).toContain('about 4 min: 20 at once, 4 s each');
    expect(output).toMatch(/about 0\.\d\d USD: \d+ state transitions an article/);
    expect(status).toBe(0);
  });

  it('counts the states that an article passes in both definitions', () => {
    // AcceptArticle, GatherSignals with three states in its branches, SuggestTags.
    expect(countTransitions(readDefinition())).toBe(6);
    const { transitionsAnArticle, usd } = estimate(1000, { concurrency: 10, secondsAnArticle: 3 });
    expect(transitionsAnArticle).toBe(6 + 4);
    expect(usd).toBeGreaterThan((1000 * 10 * 0.025) / 1000);
  });
});

describe('wrong input ends with one line and exit code 2', () => {
  const region = { AWS_REGION: 'ap-northeast-1' };

  it.each([
    ['no region', [LOCATION], {}, 'no region is set: export AWS_REGION'],
    ['no credentials', [LOCATION], region, 'no AWS credentials are found: run "aws login"'],
    ['no credentials in a dry run', [LOCATION, '--dry-run'], region, 'no AWS credentials are found'],
    ['a file without --dry-run', ['a.jsonl'], {}, 'a.jsonl: a backfill reads from S3: aws s3 cp a.jsonl'],
    ['a missing file', ['missing.jsonl', '--dry-run'], {}, 'missing.jsonl: no such file'],
    ['a whole bucket', ['s3://archive'], {}, 's3://archive: must be s3://BUCKET/PREFIX'],
    [
      'a word as concurrency',
      [LOCATION, '--concurrency', 'all'],
      {},
      'must be a whole number from 1 to 1000',
    ],
    ['no archive', [], {}, "missing required argument 'archive'"],
  ])('%s', async (_, options, variables, message) => {
    const { status, output } = await run('backfill', options, variables);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });

  it.each([
    ['no such object', [LOCATION], 'no object whose key begins so'],
    ['no such bucket', ['s3://nobodys/blog/'], 'AWS did not take the request: NoSuchBucket'],
    ['no such stack', [LOCATION, '--stack', 'Other'], 'there is no stack Other in ap-northeast-1'],
  ])('%s', async (_, options, message) => {
    const { status, output } = await run('backfill', options, environment);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });

  it('says in --help what it needs, what it does when interrupted, and its exit codes', async () => {
    const { status, output } = await run('backfill', ['--help']);
    expect(status).toBe(0);
    for (const words of ['--dry-run', 'Ctrl-C stops following', 'Exit code: 0', 'aws s3 cp']) {
      expect(output).toContain(words);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { articlePublished, articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { createLocalFunctions } from '../../infra/local/functions.ts';
import { BACKFILL, readDefinition, runWorkflow, statesOf } from '../../infra/local/workflow.ts';
import { type Outcome, runInline } from './inline-backfill.ts';
import { LocalStepFunctions } from './local-step-functions.ts';

const row = (articleId: string, revision = 1, metadata: object = {}) => ({
  metadata: { ...articlePublishedSample.metadata, id: `published-${articleId}`, ...metadata },
  data: { ...articlePublishedSample.data, articleId, revision },
});
const succeeding = () => new LocalStepFunctions(async () => ({}));
const namesOf = ({ executions }: LocalStepFunctions) => [...executions.keys()];
const outcomesOf = (outcomes: Outcome[]) =>
  outcomes.map((one) => ('outcome' in one ? one.outcome : one.Error));
/** Fails the articles that are listed. */
const failing = (failures: Set<string>) =>
  new LocalStepFunctions(async (input) => {
    const { articleId } = (input as { detail: ReturnType<typeof row> }).detail.data;
    if (failures.has(articleId))
      throw Object.assign(new Error('the bus refuses'), { error: 'PublishFailed' });
  });

describe('definition', () => {
  it('catches nothing but that a name has run before', () => {
    const catching = [...statesOf(readDefinition(BACKFILL))].filter(([, { Catch }]) => Catch);
    expect(catching.map(([name]) => name)).toEqual(['SuggestTags']);
    expect(catching[0]![1].Catch).toMatchObject([
      {
        ErrorEquals: [
          'StepFunctions.ExecutionAlreadyExistsException',
          'StepFunctions.ExecutionAlreadyExists',
        ],
      },
    ]);
  });

  it('waits longer for an execution than suggest-tags may take', () => {
    const { TimeoutSeconds } = readDefinition() as unknown as { TimeoutSeconds: number };
    expect(statesOf(readDefinition(BACKFILL)).get('SuggestTags')!.TimeoutSeconds).toBeGreaterThan(
      TimeoutSeconds,
    );
  });
});

describe('the child execution', () => {
  it('gets a plain event, the same for the same line, with the line as its detail', async () => {
    const [first, second] = [succeeding(), succeeding()];
    await runInline([row('a')], first);
    await runInline([row('a')], second, { concurrency: 3 });
    const [name, { input }] = [...first.executions][0]!;
    expect(input).toEqual({
      id: 'published-a',
      source: 'tag-suggestions.backfill',
      'detail-type': 'ArticlePublished',
      detail: row('a'),
    });
    expect(articlePublished.safeParse((input as { detail: unknown }).detail).success).toBe(true);
    expect([...second.executions].map(([again, { input }]) => [again, input])).toEqual([[name, input]]);
  });

  it('is named backfill- and a hash, within the 80 characters of a name', async () => {
    const stepFunctions = succeeding();
    await runInline([row('あ'.repeat(170))], stepFunctions);
    expect(namesOf(stepFunctions)).toEqual([expect.stringMatching(/^backfill-[0-9a-f]{64}$/)]);
  });

  it.each([
    ['another article', [row('a'), row('b')], {}],
    ['another revision', [row('a', 1), row('a', 2)], {}],
  ])('has another name for %s', async (_, rows, input) => {
    const stepFunctions = succeeding();
    await runInline(rows, stepFunctions, input);
    expect(namesOf(stepFunctions)).toHaveLength(2);
  });

  it('has another name in another edition', async () => {
    const stepFunctions = succeeding();
    await runInline([row('a')], stepFunctions);
    await runInline([row('a')], stepFunctions, { edition: 'with-weights-of-may' });
    expect(namesOf(stepFunctions)).toHaveLength(2);
  });

  it('has another name with another model', async () => {
    const stepFunctions = succeeding();
    await runInline([row('a')], stepFunctions, {}, 'one');
    await runInline([row('a')], stepFunctions, {}, 'another');
    expect(namesOf(stepFunctions)).toHaveLength(2);
  });

  it('is the deployed suggest-tags, whose event says origin: backfill', async () => {
    const functions = createLocalFunctions();
    const stepFunctions = new LocalStepFunctions((input, name) => runWorkflow(input, { functions, name }));
    const [outcome] = await runInline([row('a')], stepFunctions);
    expect(outcome).toMatchObject({ outcome: 'suggested', articleId: 'a', revision: 1 });
    const { output } = [...stepFunctions.executions.values()][0]!;
    const { metadata, data } = tagsSuggested.parse(await output);
    expect(metadata).toMatchObject({ origin: 'backfill', causationId: 'published-a' });
    expect(metadata.executionId.endsWith(namesOf(stepFunctions)[0]!)).toBe(true);
    expect(data).toMatchObject({ articleId: 'a', revision: 1, degraded: [] });
  });
});

describe('run again', () => {
  it('starts nothing for what succeeded before', async () => {
    const stepFunctions = succeeding();
    await runInline([row('a'), row('b')], stepFunctions);
    const again = await runInline([row('a'), row('b'), row('c')], stepFunctions);
    expect(outcomesOf(again)).toEqual(['suggested before', 'suggested before', 'suggested']);
    expect(namesOf(stepFunctions)).toHaveLength(3);
  });

  it('tries what failed before once more, under a name that follows from the failed one', async () => {
    const failures = new Set(['b']);
    const stepFunctions = failing(failures);
    const rows = [row('a'), row('b')];
    expect(outcomesOf(await runInline(rows, stepFunctions))).toEqual(['suggested', 'States.TaskFailed']);
    expect(outcomesOf(await runInline(rows, stepFunctions))).toEqual([
      'suggested before',
      'States.TaskFailed',
    ]);
    failures.clear();
    expect(outcomesOf(await runInline(rows, stepFunctions))).toEqual(['suggested before', 'suggested']);
    expect(outcomesOf(await runInline(rows, stepFunctions))).toEqual([
      'suggested before',
      'suggested before',
    ]);
    expect(namesOf(stepFunctions)).toHaveLength(4);
  });

  it('takes a line that was mended after its article failed, under the same revision', async () => {
    const stepFunctions = new LocalStepFunctions(async (input) => {
      if (!articlePublished.safeParse((input as { detail: unknown }).detail).success)
        throw new Error('InvalidArticle');
    });
    const { metadata, data } = row('a');
    expect(outcomesOf(await runInline([{ metadata, data: { ...data, title: '' } }], stepFunctions))).toEqual([
      'States.TaskFailed',
    ]);
    expect(outcomesOf(await runInline([row('a')], stepFunctions))).toEqual(['suggested']);
  });

  it('waits for an earlier execution that still runs, also when the line has changed since', async () => {
    let finish = () => {};
    const stepFunctions = new LocalStepFunctions(() => new Promise<void>((resolve) => (finish = resolve)));
    const first = runInline([row('a')], stepFunctions);
    const same = runInline([row('a')], stepFunctions);
    const changed = runInline([row('a', 1, { correlationId: 'later' })], stepFunctions);
    setTimeout(() => finish(), 50);
    expect(outcomesOf([...(await first), ...(await same), ...(await changed)])).toEqual([
      'suggested',
      'suggested',
      'suggested before',
    ]);
    expect(namesOf(stepFunctions)).toHaveLength(1);
  });

  it('does not try an article twice when two backfills meet the same failure', async () => {
    const failures = new Set(['a']);
    const stepFunctions = failing(failures);
    await runInline([row('a')], stepFunctions);
    failures.clear();
    await Promise.all([runInline([row('a')], stepFunctions), runInline([row('a')], stepFunctions)]);
    expect(namesOf(stepFunctions)).toHaveLength(2);
  });
});

describe('failures', () => {
  it('tries again when Step Functions throttles, and starts one execution all the same', async () => {
    const stepFunctions = succeeding();
    const start = stepFunctions.startExecutionSync.bind(stepFunctions);
    let calls = 0;
    stepFunctions.startExecutionSync = async (request) => {
      if (calls++ < 3)
        throw Object.assign(new Error('slow down'), { name: 'StepFunctions.ThrottlingException' });
      return start(request);
    };
    expect(outcomesOf(await runInline([row('a')], stepFunctions))).toEqual(['suggested']);
    expect(namesOf(stepFunctions)).toHaveLength(1);
  });

  it.each([
    ['no object', 3],
    ['no article', { metadata: { id: 'a' } }],
    ['a number as articleId', { metadata: { id: 'a' }, data: { articleId: 7, revision: 1 } }],
    ['a word as revision', { metadata: { id: 'a' }, data: { articleId: 'a', revision: 'three' } }],
    ['no id', { metadata: {}, data: { articleId: 'a', revision: 1 } }],
  ])('refuses a line that is %s, and goes on with the others', async (_, wrong) => {
    const stepFunctions = succeeding();
    const outcomes = await runInline([wrong, row('a')], stepFunctions);
    expect(outcomesOf(outcomes)).toEqual(['InvalidArticle', 'suggested']);
  });

  it.each([[{ bucket: undefined }], [{ prefix: 7 }]])('refuses the input %j', async (input) => {
    await expect(runInline([row('a')], succeeding(), input)).rejects.toMatchObject({
      message: expect.stringContaining('must have a bucket and a prefix'),
    });
  });
});

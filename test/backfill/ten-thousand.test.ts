import { beforeAll, describe, expect, it } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { type TagsSuggested, tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { PublishFailed } from '../../functions/shared/errors.ts';
import { createLocalFunctions } from '../../infra/local/functions.ts';
import { runWorkflow } from '../../infra/local/workflow.ts';
import { type Outcome, runInline } from '../statemachines/inline-backfill.ts';
import { LocalStepFunctions } from '../statemachines/local-step-functions.ts';

const COUNT = 10_000;
const TOPICS = [
  'TypeScript',
  'AWS Lambda',
  'Rust',
  'Docker',
  'PostgreSQL',
  'React',
  '機械学習',
  'Kubernetes',
];
const topic = (index: number) => TOPICS[index % TOPICS.length]!;

/** Every hundredth article cannot be tagged: half of them break the contract, the bus refuses the others. */
const isBroken = (index: number) => index % 200 === 99;
const isRefused = (index: number) => index % 200 === 199;
const rows = Array.from({ length: COUNT }, (_, index) => ({
  metadata: { ...articlePublishedSample.metadata, id: `published-${index}` },
  data: {
    articleId: `article-${index}`,
    revision: 1 + (index % 3),
    title: isBroken(index) ? ' ' : `${topic(index)}を使ってみる ${index}`,
    body: `${topic(index)}の使い方をまとめます。${topic(index + 3)}とも比べました。`,
    format: 'markdown',
  },
}));
const idOf = (index: number) => `article-${index}`;
const broken = rows.flatMap((_, index) => (isBroken(index) ? [idOf(index)] : []));
const refused = rows.flatMap((_, index) => (isRefused(index) ? [idOf(index)] : []));

describe('an archive of 10,000 articles, of which one in a hundred fails', () => {
  const published: TagsSuggested[] = [];
  let busRefuses = true;
  let stepFunctions: LocalStepFunctions;
  let first: Outcome[];

  beforeAll(async () => {
    const local = createLocalFunctions();
    const functions = {
      ...local,
      ScorerFunctionArn: async (request: unknown) => {
        const event = tagsSuggested.parse(await local.ScorerFunctionArn(request));
        if (busRefuses && refused.includes(event.data.articleId)) throw new PublishFailed('the bus refuses');
        published.push(event);
        return event;
      },
    };
    stepFunctions = new LocalStepFunctions((input, name) =>
      runWorkflow(input, { functions, name, retryPause: 1 }),
    );
    first = await runInline(rows, stepFunctions, { concurrency: 40 });
  }, 1_500_000);

  const failuresOf = (outcomes: Outcome[]) =>
    new Map(
      outcomes.flatMap((one, index) =>
        'Error' in one ? [[idOf(index), `${one.Error}: ${JSON.parse(one.Cause).Error}`]] : [],
      ),
    );

  it('ends with exactly those failures, each with the error of its own execution', () => {
    expect(first).toHaveLength(COUNT);
    expect(failuresOf(first)).toEqual(
      new Map(
        rows.flatMap((_, index) => {
          if (isBroken(index)) return [[idOf(index), 'States.TaskFailed: InvalidArticle']];
          return isRefused(index) ? [[idOf(index), 'States.TaskFailed: PublishFailed']] : [];
        }),
      ),
    );
  });

  it('has published one suggestion for each of the others, all with origin: backfill', () => {
    expect(new Set(published.map(({ data }) => data.articleId)).size).toBe(COUNT - COUNT / 100);
    expect(published).toHaveLength(COUNT - COUNT / 100);
    expect(published.filter(({ metadata }) => metadata.origin !== 'backfill')).toEqual([]);
    expect(published.filter(({ data }) => data.tags.length === 0)).toEqual([]);
  });

  it('does only what is left when it is run again', async () => {
    published.length = 0;
    busRefuses = false;
    const second = await runInline(rows, stepFunctions, { concurrency: 40 });
    expect([...failuresOf(second).keys()]).toEqual(broken);
    expect(published.map(({ data }) => data.articleId).sort()).toEqual([...refused].sort());
    expect(second.filter((one) => 'outcome' in one && one.outcome === 'suggested before')).toHaveLength(
      COUNT - COUNT / 100,
    );
    expect(stepFunctions.executions.size).toBe(COUNT + COUNT / 100);
  }, 600_000);
});

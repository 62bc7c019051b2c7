import { styleText } from 'node:util';
import { type TagsSuggested, tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import type { HistoryStore } from '../../functions/history/store.ts';
import { tagKey } from '../../functions/keywords/tag-key.ts';
import { readPaths } from '../../scripts/articles.ts';
import { UsageError } from '../../scripts/command.ts';
import { articleFigures, Tally } from '../../scripts/metrics.ts';
import { type DatedArticle, inOrder, isDated } from '../../scripts/stream.ts';
import { busEvent } from './article-file.ts';
import { ExecutionFailed, type Functions, runWorkflow } from './workflow.ts';

/** Articles in a row of the closing table. */
const STEP = 10;

/**
 * Publishes an author's articles in the order of their dates: each is suggested tags for before its own are learnt, so
 * that the suggestions can be seen getting better.
 *
 * @throws UsageError when nothing has tags and a date
 */
export async function learnInOrder(
  path: string,
  options: { functions: Functions; store: HistoryStore; onSuggested?: (event: TagsSuggested) => void },
): Promise<void> {
  const { functions, store, onSuggested } = options;
  const articles: DatedArticle[] = [];
  for await (const article of readPaths([path])) {
    if (isDated(article)) articles.push(article);
    else console.error(`${article.id}: skipped: has no date that puts it into order`);
  }
  if (articles.length === 0) throw new UsageError(`no article in ${path} has a date`);
  const steps: Tally[] = [];
  for (const [index, article] of inOrder(articles).entries()) {
    const event = await suggest(article, functions);
    if (!event) continue;
    if (onSuggested) onSuggested(event);
    else printLine(article, event);
    const wanted = new Set(article.tags.map(tagKey));
    const right = event.data.tags.map(({ key }) => wanted.has(key));
    const step = Math.floor(index / STEP);
    steps[step] ??= new Tally();
    steps[step].add(article.source, articleFigures(right, wanted.size));
    const { id: articleId, source: authorId, tags } = article;
    await store.record({
      articleId,
      authorId,
      tags,
      taggedAt: isoOf(article),
      suggestionId: event.metadata.id,
    });
  }
  if (!onSuggested) printSteps(steps);
}

async function suggest(article: DatedArticle, functions: Functions): Promise<TagsSuggested | undefined> {
  const { id: articleId, source: authorId, title, body } = article;
  const event = busEvent(
    { articleId, revision: 0, authorId, title, body, format: 'markdown' },
    isoOf(article),
  );
  try {
    return tagsSuggested.parse(await runWorkflow(event, { functions }));
  } catch (error) {
    if (!(error instanceof ExecutionFailed)) throw error;
    console.error(`${articleId}: skipped: ${error.error}: ${error.message}`);
    return undefined;
  }
}

function isoOf({ date }: DatedArticle): string {
  return new Date(date).toISOString();
}

/** ✔ suggested and kept, ✘ suggested and not kept, ○ kept and not suggested. */
function printLine(article: DatedArticle, { data }: TagsSuggested): void {
  const wanted = new Map(article.tags.map((tag) => [tagKey(tag), tag]));
  const suggested = new Set(data.tags.map(({ key }) => key));
  const marks = [
    ...data.tags.map(({ key, label }) =>
      wanted.has(key) ? styleText('green', `✔ ${label}`) : styleText('red', `✘ ${label}`),
    ),
    ...[...wanted].flatMap(([key, tag]) => (suggested.has(key) ? [] : [styleText('yellow', `○ ${tag}`)])),
  ];
  console.log(`${isoOf(article).slice(0, 10)}  ${article.title}\n            ${marks.join('  ')}`);
}

function printSteps(steps: readonly Tally[]): void {
  console.log('\n✔ suggested and kept, ✘ suggested and not kept, ○ kept and not suggested\n');
  for (const [index, tally] of steps.entries()) {
    const { articles, f1At5 } = tally.figures();
    const from = index * STEP + 1;
    console.log(`articles ${from} to ${from + articles - 1}`.padEnd(24), `F1 ${f1At5.toFixed(2)}`);
  }
}

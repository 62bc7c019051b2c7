import { statSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type KeptTags, keptTags } from '../../functions/contracts/article-tagged.ts';
import { type TagsSuggested, tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import type { MemoryHistory } from '../../functions/history/memory-store.ts';
import { tagKey } from '../../functions/keywords/tag-key.ts';
import { describeIssues } from '../../functions/shared/accept-article.ts';
import { readPaths } from '../../scripts/articles.ts';
import { UsageError } from '../../scripts/command.ts';
import { articleFigures, Tally } from '../../scripts/metrics.ts';
import { type DatedArticle, inOrder, isDated, timeOf, withoutRepeated } from '../../scripts/stream.ts';
import { busEvent } from './article-file.ts';
import { articleIdOf } from './article-id.ts';
import { asOneChange } from './state.ts';
import { ExecutionFailed, type Functions, runWorkflow } from './workflow.ts';

/** Articles in a row of the closing table. */
const STEP = 10;
const JSON_LINES = /\.(jsonl|ndjson)(\.gz)?$/i;

/**
 * Publishes an author's articles in the order of their dates: each is suggested tags for before its own are learnt, so
 * that the suggestions can be seen getting better.
 *
 * @returns how many articles were suggested tags for
 * @throws UsageError when the path is nothing to learn from, or nothing has tags and a date
 */
export async function learnInOrder(
  path: string,
  options: {
    functions: Functions;
    store: MemoryHistory;
    /** Whose articles these are, whatever they say. */
    author?: string | undefined;
    onSuggested?: (event: TagsSuggested) => void;
  },
): Promise<number> {
  const { functions, store, author, onSuggested } = options;
  const articles = await readInOrder(path, author);
  warnOfKnown(articles, store);
  const steps: Tally[] = [];
  let judged = 0;
  for (const article of articles) {
    const event = await asOneChange(store, async () => {
      const suggested = await suggest(article, functions);
      if (suggested) await store.record({ ...keptOn(article), suggestionId: suggested.metadata.id });
      return suggested;
    });
    if (!event) continue;
    // Shown once it is kept: whoever stops here loses nothing of what they saw.
    if (onSuggested) onSuggested(event);
    else printLine(article, event);
    const wanted = new Set(article.tags.map(tagKey));
    const right = event.data.tags.map(({ key }) => wanted.has(key));
    const step = Math.floor(judged / STEP);
    steps[step] ??= new Tally();
    steps[step].add(article.source, articleFigures(right, wanted.size));
    judged += 1;
  }
  if (!onSuggested && judged > 0) printSteps(steps);
  return judged;
}

/** The articles that can be learnt from; the others are named on standard error. */
async function readInOrder(path: string, author: string | undefined): Promise<DatedArticle[]> {
  const isFolder = isFolderOrLines(path);
  const dated: DatedArticle[] = [];
  for await (const read of readPaths([path])) {
    const article = {
      ...read,
      id: isFolder ? articleIdOf(join(path, read.id)) : read.id,
      source: author ?? read.source,
    };
    if (isDated(article)) dated.push(article);
    else console.error(`${read.id}: skipped: has no date that puts it into order`);
  }
  if (dated.length === 0) throw new UsageError(`no article in ${path} has a date`);
  return withoutRepeated(inOrder(dated).filter(isWithinContract), ({ id }) => id, console.error);
}

/** Whether the path is a folder, else JSON Lines. */
function isFolderOrLines(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return true;
  if (path === '-' || (stats && !JSON_LINES.test(path))) {
    throw new UsageError(`${path}: --learn takes a folder of Markdown, or JSON Lines (.jsonl, .jsonl.gz)`);
  }
  return false;
}

function isWithinContract(article: DatedArticle): boolean {
  const { error } = keptTags.safeParse(keptOn(article));
  if (error) console.error(`${article.id}: skipped: ${describeIssues(error)}`);
  return !error;
}

function keptOn(article: DatedArticle): KeptTags {
  const { id: articleId, source: authorId, tags } = article;
  return { articleId, authorId, tags, taggedAt: isoOf(article) };
}

function warnOfKnown(articles: readonly DatedArticle[], store: MemoryHistory): void {
  const kept = new Set(store.documents().kept.map(({ articleId }) => articleId));
  const known = articles.filter(({ id }) => kept.has(id)).length;
  if (known === 0) return;
  console.error(
    `the state already holds the tags of ${known} of these ${articles.length} articles, so that suggestions know what came later: start from an empty folder to see what was learnt`,
  );
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
  return new Date(timeOf(date)).toISOString();
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

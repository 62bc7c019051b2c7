import { keysOf, relatedQueryOf } from '../functions/history/candidates.ts';
import { MemoryHistory } from '../functions/history/memory-store.ts';
import { recallAuthor, storeArticle } from '../functions/history/recall.ts';
import type { HistoryStore } from '../functions/history/store.ts';
import { findInArticle } from '../functions/keywords/embedded.ts';
import { compare, type Found } from '../functions/keywords/extract.ts';
import type { TaggedArticle } from './articles.ts';
import { type Instruments, type Measured, measureFound } from './measure.ts';

/** A tagged article of which it is known when it was published. */
export type DatedArticle = TaggedArticle & { date: string };

/** Whether an article's date can be read. */
export function isDated(article: TaggedArticle): article is DatedArticle {
  return article.date !== undefined && !Number.isNaN(timeOf(article.date));
}

const DAY_AND_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Milliseconds since 1970 of a day, or a day and a time, as blogs write them; NaN for anything else, a day that no
 * calendar has too. A time without a zone is UTC, so that the order does not depend on the machine.
 */
export function timeOf(date: string): number {
  const [, day, time = '00:00', zone = 'Z'] = DAY_AND_TIME.exec(date.trim()) ?? [];
  if (day === undefined || !isOfCalendar(day)) return Number.NaN;
  return Date.parse(`${day}T${time}${/^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.toUpperCase()}`);
}

/** `Date.parse` takes February 30 for a day in March. */
function isOfCalendar(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

/** In the order of their dates; those of one day by author and id, so that every run sees one order. */
export function inOrder(articles: readonly DatedArticle[]): DatedArticle[] {
  return articles.toSorted(
    (a, b) => timeOf(a.date) - timeOf(b.date) || compare(a.source, b.source) || compare(a.id, b.id),
  );
}

/** Without those whose name came before: a store would take the later for a revision of the earlier. */
export function withoutRepeated<Article>(
  articles: readonly Article[],
  nameOf: (article: Article) => string,
  onRepeated: (what: string) => void,
): Article[] {
  const names = new Set<string>();
  return articles.filter((article) => {
    const name = nameOf(article);
    if (!names.has(name)) return names.add(name);
    onRepeated(`${name}: skipped: an earlier article has the same id`);
    return false;
  });
}

/** How an article is named where there are several authors. */
export function nameOf({ id, source }: TaggedArticle): string {
  return `${id} of ${source}`;
}

/** How candidates are found, and where is kept what their authors chose. */
export interface StreamOptions {
  /** @default the embedded engine */
  find?: (article: TaggedArticle) => Promise<readonly Found[]>;
  /** @default in memory, empty */
  store?: HistoryStore;
}

/**
 * Measures articles as they are published: each with what its author kept on the ones before it, and only then are its
 * own tags learnt.
 */
export async function* measureStream(
  articles: readonly DatedArticle[],
  instruments: Instruments,
  options: StreamOptions = {},
): AsyncGenerator<Measured> {
  const { store = new MemoryHistory() } = options;
  const find =
    options.find ?? (async (article) => findInArticle({ ...article, format: 'markdown' }, instruments));
  for (const article of withoutRepeated(inOrder(articles), nameOf, console.error)) {
    const { title, tags, source: authorId } = article;
    const publishedAt = new Date(timeOf(article.date)).toISOString();
    // Ids are an author's own: two authors may number their articles alike.
    const published = { articleId: `${authorId}/${article.id}`, revision: 0, authorId, title, publishedAt };
    const found = await find(article);
    const history = await recallAuthor(store, published, relatedQueryOf(found, instruments.catalogue));
    yield measureFound(article, found, instruments, history);
    await storeArticle(store, { ...published, tags }, keysOf(found));
  }
}

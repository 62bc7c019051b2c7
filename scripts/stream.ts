import { keysOf, relatedQueryOf } from '../functions/history/candidates.ts';
import { MemoryHistory } from '../functions/history/memory-store.ts';
import { recallAuthor, storeArticle } from '../functions/history/recall.ts';
import type { HistoryStore } from '../functions/history/store.ts';
import { findInArticle } from '../functions/keywords/embedded.ts';
import type { Found } from '../functions/keywords/extract.ts';
import type { TaggedArticle } from './articles.ts';
import { type Instruments, type Measured, measureFound } from './measure.ts';

/** A tagged article of which it is known when it was published. */
export type DatedArticle = TaggedArticle & { date: string };

/** Whether an article's date can be read. */
export function isDated(article: TaggedArticle): article is DatedArticle {
  return article.date !== undefined && !Number.isNaN(Date.parse(article.date));
}

/** In the order of their dates; those of one day by author and id, so that every run sees one order. */
export function inOrder(articles: readonly DatedArticle[]): DatedArticle[] {
  return articles.toSorted(
    (a, b) => Date.parse(a.date) - Date.parse(b.date) || compare(a.source, b.source) || compare(a.id, b.id),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
  for (const article of inOrder(articles)) {
    const { title, tags, source: authorId } = article;
    const publishedAt = new Date(article.date).toISOString();
    // Ids are an author's own: two authors may number their articles alike.
    const published = { articleId: `${authorId}/${article.id}`, revision: 0, authorId, title, publishedAt };
    const found = await find(article);
    const history = await recallAuthor(store, published, relatedQueryOf(found, instruments.catalogue));
    yield measureFound(article, found, instruments, history);
    await storeArticle(store, { ...published, tags }, keysOf(found));
  }
}

import type { KeptTags } from '../contracts/article-tagged.ts';
import type { KeptByAuthor, RelatedArticles } from './author-history.ts';

/** An article as its author's later articles are held against it. */
export interface RememberedArticle {
  articleId: string;
  revision: number;
  authorId: string;
  title: string;
  /** Keys of the tags and phrases that it mentions. */
  keys: readonly string[];
  /** When this revision was published, ISO 8601; what was forgotten later stays forgotten. */
  publishedAt: string;
}

/** What became of what was to be stored. */
export type Stored = 'stored' | 'newer kept' | 'forgotten';

/** What is asked of an author's articles once it is known what the article at hand mentions. */
export interface RelatedQuery {
  /** Weights of the article's telling terms by key; they add up to 1. */
  terms: ReadonlyMap<string, number>;
  /** Keys whose mentions are counted. */
  keys: readonly string[];
}

/** Whose or which article's documents are to be forgotten. */
export type Forget = { authorId: string } | { articleId: string };

/** What authors kept on their articles: documents that are replaced only by newer ones, and read back by author. */
export interface HistoryStore {
  /** Counts over the author's articles, the one at hand left out; `articles` is 0 for an author who is not known. */
  keptBy(authorId: string, articleId: string): Promise<KeptByAuthor>;
  /** The author's articles that speak of the same things, the one at hand left out. */
  relatedTo(authorId: string, articleId: string, query: RelatedQuery): Promise<RelatedArticles>;
  /** Records what an author kept; the latest `taggedAt` of an article holds, whatever the order of arrival. */
  record(kept: KeptTags): Promise<Stored>;
  /** Remembers what an article mentions; the newest revision holds. */
  remember(article: RememberedArticle): Promise<Stored>;
  /**
   * Deletes the documents of an author or an article from up to a time, and keeps away those that an archive replays.
   *
   * @param at now by default
   * @returns how many documents were deleted
   */
  forget(what: Forget, at?: Date): Promise<number>;
  /** Documents of an author or an article. */
  count(what: Forget): Promise<number>;
}

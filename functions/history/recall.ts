import type { AcceptedArticle } from '../shared/accept-article.ts';
import { type AuthorHistory, type KeptByAuthor, toAuthorHistory } from './author-history.ts';
import { keptOutsideText } from './candidates.ts';
import type { HistoryStore, RelatedQuery } from './store.ts';

type Authored = Pick<AcceptedArticle, 'articleId' | 'authorId'>;

/** What an author did before the article at hand; undefined without an author, or one who is not known. */
export async function recallAuthor(
  store: HistoryStore,
  article: Authored,
  query: RelatedQuery,
): Promise<AuthorHistory | undefined> {
  const { authorId, articleId } = article;
  return authorId === undefined
    ? undefined
    : recallRelated(store, article, await store.keptBy(authorId, articleId), query);
}

/** The second half of {@link recallAuthor}, for who has asked the first together with something else. */
export async function recallRelated(
  store: Pick<HistoryStore, 'relatedTo'>,
  { authorId, articleId }: Authored,
  kept: KeptByAuthor | undefined,
  query: RelatedQuery,
): Promise<AuthorHistory | undefined> {
  if (authorId === undefined || !kept || kept.articles === 0) return undefined;
  const inText = new Set(query.keys);
  const { tags } = toAuthorHistory(kept, { published: 0, mentions: new Map(), similar: [] });
  // No more than are considered: what each costs grows with the author's articles.
  const keys = [...inText, ...keptOutsideText(tags, inText).map(([key]) => key)];
  return toAuthorHistory(kept, await store.relatedTo(authorId, articleId, { ...query, keys }));
}

/**
 * Stores what the article mentions and, as accepted, the tags that it carries already, for its author's next articles.
 * An article without an author is not stored.
 */
export async function storeArticle(
  store: HistoryStore,
  article: Pick<AcceptedArticle, 'articleId' | 'revision' | 'authorId' | 'title' | 'tags' | 'publishedAt'>,
  keys: readonly string[],
): Promise<void> {
  const { articleId, revision, authorId, title, tags = [], publishedAt } = article;
  if (authorId === undefined) return;
  await store.remember({ articleId, revision, authorId, title, keys, publishedAt });
  if (tags.length > 0) await store.record({ articleId, authorId, tags, taggedAt: publishedAt });
}

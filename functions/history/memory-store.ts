import type { KeptTags } from '../contracts/article-tagged.ts';
import { MAX_SIMILAR } from '../contracts/limits.ts';
import { tagKey } from '../keywords/tag-key.ts';
import { type KeptByAuthor, LOOKED_AT, RECENT, type RelatedArticles } from './author-history.ts';
import type { Forget, HistoryStore, RelatedQuery, RememberedArticle, Stored } from './store.ts';
import { distinctTags, tombstoneOf, versionOf } from './version.ts';

/** All that a store holds: plain data, to be kept in a file. */
export interface HistoryDocuments {
  articles: RememberedArticle[];
  kept: KeptTags[];
  /** Milliseconds since 1970 of when an author or article was forgotten, by its tombstone. */
  forgotten: Record<string, number>;
}

/** A store in memory, for one machine and for measuring. */
export class MemoryHistory implements HistoryStore {
  readonly #articles = new Map<string, RememberedArticle & { keySet: ReadonlySet<string> }>();
  readonly #kept = new Map<string, KeptTags>();
  readonly #forgotten: Record<string, number>;
  /** Ids of the articles and kept tags of each author. */
  readonly #idsOf = new Map<string, Set<string>>();

  constructor({ articles, kept, forgotten }: HistoryDocuments = { articles: [], kept: [], forgotten: {} }) {
    this.#forgotten = { ...forgotten };
    for (const article of articles) this.#putArticle(article);
    for (const one of kept) this.#putKept(one);
  }

  /** A copy of everything, in a stable order. */
  documents(): HistoryDocuments {
    const byId = (a: { articleId: string }, b: { articleId: string }) => (a.articleId < b.articleId ? -1 : 1);
    return {
      articles: [...this.#articles.values()].map(({ keySet, ...article }) => article).sort(byId),
      kept: [...this.#kept.values()].sort(byId),
      forgotten: { ...this.#forgotten },
    };
  }

  async keptBy(authorId: string, articleId: string): Promise<KeptByAuthor> {
    const kept = this.#keptOf(authorId, articleId);
    const counts = new Map<string, number>();
    for (const tag of kept.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return {
      articles: kept.length,
      spellings: [...counts].map(([tag, articles]) => ({ tag, articles })),
      recent: kept.slice(0, RECENT).map(({ tags }) => tags),
    };
  }

  async relatedTo(authorId: string, articleId: string, query: RelatedQuery): Promise<RelatedArticles> {
    const articles = [...(this.#idsOf.get(authorId) ?? [])]
      .filter((id) => id !== articleId)
      .flatMap((id) => this.#articles.get(id) ?? [])
      .filter((article) => article.authorId === authorId);
    const counted = query.keys.map(
      (key) => [key, articles.filter(({ keySet }) => keySet.has(key)).length] as const,
    );
    const scored = articles
      .map((article) => ({ article, score: scoreOf(article.keySet, query.terms) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || (a.article.articleId < b.article.articleId ? -1 : 1))
      .slice(0, LOOKED_AT);
    const similar = scored.flatMap(({ article, score }) => {
      const kept = this.#kept.get(article.articleId);
      return kept?.authorId === authorId
        ? [{ title: article.title, score, tags: new Set(kept.tags.map(tagKey)) }]
        : [];
    });
    return {
      published: articles.length,
      mentions: new Map(counted.filter(([, count]) => count > 0)),
      similar: similar.slice(0, MAX_SIMILAR),
    };
  }

  async record(kept: KeptTags): Promise<Stored> {
    if (this.#isForgotten(kept, Date.parse(kept.taggedAt))) return 'forgotten';
    const current = this.#kept.get(kept.articleId);
    if (current && versionOf(current) >= versionOf(kept)) return 'newer kept';
    this.#putKept(kept);
    return 'stored';
  }

  async remember(article: RememberedArticle): Promise<Stored> {
    if (this.#isForgotten(article, Date.parse(article.publishedAt))) return 'forgotten';
    const current = this.#articles.get(article.articleId);
    if (current && current.revision >= article.revision) return 'newer kept';
    this.#putArticle(article);
    return 'stored';
  }

  async forget(what: Forget, at = new Date()): Promise<number> {
    const ids = 'authorId' in what ? [...(this.#idsOf.get(what.authorId) ?? [])] : [what.articleId];
    let deleted = 0;
    for (const id of ids) {
      for (const documents of [this.#articles, this.#kept]) {
        const document = documents.get(id);
        if (!document || ('authorId' in what && document.authorId !== what.authorId)) continue;
        if (timeOf(document) > at.getTime()) continue;
        documents.delete(id);
        deleted += 1;
      }
      if (this.#articles.has(id) || this.#kept.has(id)) continue;
      for (const own of this.#idsOf.values()) own.delete(id);
    }
    const tombstone = tombstoneOf(what);
    this.#forgotten[tombstone] = Math.max(
      at.getTime(),
      this.#forgotten[tombstone] ?? Number.NEGATIVE_INFINITY,
    );
    return deleted;
  }

  async count(what: Forget): Promise<number> {
    const [[name, id]] = Object.entries(what) as [['authorId' | 'articleId', string]];
    return [...this.#articles.values(), ...this.#kept.values()].filter((document) => document[name] === id)
      .length;
  }

  /** What an author kept, the latest first, as the versions order it. */
  #keptOf(authorId: string, articleId: string): KeptTags[] {
    return [...(this.#idsOf.get(authorId) ?? [])]
      .flatMap((id) => (id === articleId ? [] : (this.#kept.get(id) ?? [])))
      .filter((kept) => kept.authorId === authorId)
      .sort(
        (a, b) => Date.parse(b.taggedAt) - Date.parse(a.taggedAt) || (a.articleId < b.articleId ? -1 : 1),
      );
  }

  #isForgotten({ authorId, articleId }: { authorId: string; articleId: string }, at: number): boolean {
    return [{ authorId }, { articleId }].some(
      (what) => at <= (this.#forgotten[tombstoneOf(what)] ?? Number.NEGATIVE_INFINITY),
    );
  }

  #putArticle(article: RememberedArticle): void {
    this.#articles.set(article.articleId, { ...article, keySet: new Set(article.keys) });
    this.#addId(article);
  }

  #putKept(kept: KeptTags): void {
    this.#kept.set(kept.articleId, { ...kept, tags: distinctTags(kept.tags) });
    this.#addId(kept);
  }

  #addId({ authorId, articleId }: { authorId: string; articleId: string }): void {
    const ids = this.#idsOf.get(authorId);
    if (ids) ids.add(articleId);
    else this.#idsOf.set(authorId, new Set([articleId]));
  }
}

function timeOf(document: RememberedArticle | KeptTags): number {
  return Date.parse('taggedAt' in document ? document.taggedAt : document.publishedAt);
}

function scoreOf(keys: ReadonlySet<string>, terms: RelatedQuery['terms']): number {
  let score = 0;
  for (const [key, weight] of terms) if (keys.has(key)) score += weight;
  return score;
}

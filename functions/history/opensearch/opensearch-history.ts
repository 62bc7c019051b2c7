import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@opensearch-project/opensearch';
import * as z from 'zod';
import type { KeptTags } from '../../contracts/article-tagged.ts';
import { parseAnswer } from '../../keywords/opensearch/answer.ts';
import { type PendingRequest, withDeadline } from '../../keywords/opensearch/client.ts';
import {
  articlesAlias,
  DEFAULT_INDEX_PREFIX,
  forgottenAlias,
  historyAlias,
} from '../../keywords/opensearch/indices.ts';
import { KeywordsError } from '../../shared/errors.ts';
import type { KeptByAuthor, RelatedArticles, SimilarArticle } from '../author-history.ts';
import type { Forget, HistoryStore, RelatedQuery, RememberedArticle, Stored } from '../store.ts';
import { tombstoneOf } from '../version.ts';
import { articleDocument, keptDocument, type VersionedDocument } from './documents.ts';
import { forgottenRequest, readForgotten, type Subject } from './forgotten.ts';
import { keptByRequest, readKeptBy } from './kept-by.ts';
import {
  keptOnRequest,
  mentionsRequest,
  readKeptOn,
  readMentions,
  readSimilar,
  similarRequest,
} from './related.ts';

export interface OpenSearchHistoryOptions {
  client: Client;
  /** @default tag-suggestions */
  indexPrefix?: string;
  /** What bounds one call. @default 1500 ms for each */
  signal?: () => AbortSignal;
  /** Makes each write visible to searches before it returns; costs time. @default false: within a second */
  refresh?: boolean;
}

const TIMEOUT_MS = 1500;

/**
 * The version of what was deleted lives on until a refresh after the next tick of OpenSearch's clock, of 200 ms, and would
 * refuse a newer event of the same or a lower revision.
 */
const DELETION_LINGERS_MS = 300;

const deletion = z.object({ deleted: z.int(), version_conflicts: z.int(), failures: z.array(z.unknown()) });
const stored = z.object({
  found: z.literal(true),
  _seq_no: z.int(),
  _primary_term: z.int(),
  _source: z.object({ taggedAt: z.string().optional(), publishedAt: z.string().optional() }),
});

/**
 * What authors kept, in OpenSearch: what they kept on an article and what the article mentions are a document each,
 * under the article's id and with external versions, so that an older one never wins.
 *
 * What is forgotten stays forgotten, whatever is under way: a writer looks for a tombstone before it writes and once
 * more afterwards, and takes back what it wrote. Whoever forgets puts up the tombstone first and deletes then. So a
 * writer that finds no tombstone afterwards wrote before the deletion, which finds what it wrote. A writer that dies in
 * between is started again with the same event, finds the tombstone, and removes what it left.
 */
export class OpenSearchHistory implements HistoryStore {
  readonly #client: Client;
  readonly #indexPrefix: string;
  readonly #signal: () => AbortSignal;
  readonly #refresh: boolean;

  constructor(options: OpenSearchHistoryOptions) {
    this.#client = options.client;
    this.#indexPrefix = options.indexPrefix ?? DEFAULT_INDEX_PREFIX;
    this.#signal = options.signal ?? (() => AbortSignal.timeout(TIMEOUT_MS));
    this.#refresh = options.refresh ?? false;
  }

  /** @throws KeywordsError when OpenSearch does not answer as it should */
  async keptBy(authorId: string, articleId: string): Promise<KeptByAuthor> {
    const request = keptByRequest(historyAlias(this.#indexPrefix), authorId, articleId);
    return readKeptBy(await this.#ask(this.#client.search(request)));
  }

  /** @throws KeywordsError when OpenSearch does not answer as it should */
  async relatedTo(authorId: string, articleId: string, query: RelatedQuery): Promise<RelatedArticles> {
    const [counts, similar] = await Promise.all([
      this.#mentions(authorId, articleId, query),
      this.#similar(authorId, articleId, query),
    ]);
    return { ...counts, similar };
  }

  /** @throws KeywordsError when OpenSearch does not take it */
  async record(kept: KeptTags): Promise<Stored> {
    const [outcome] = await this.write(kept, [keptDocument(this.#indexPrefix, kept)]);
    return outcome!;
  }

  /** @throws KeywordsError when OpenSearch does not take it */
  async remember(article: RememberedArticle): Promise<Stored> {
    const [outcome] = await this.write(article, [articleDocument(this.#indexPrefix, article)]);
    return outcome!;
  }

  /**
   * Writes documents about one article.
   *
   * @param forgotten what {@link readForgotten} said of the article and its author; asked when absent
   * @returns what became of each
   * @throws KeywordsError when OpenSearch does not take one
   */
  async write(
    subject: Subject,
    documents: readonly VersionedDocument[],
    forgotten?: number,
  ): Promise<Stored[]> {
    const before = forgotten ?? (await this.#forgottenAt(subject));
    const outcomes = await Promise.all(
      documents.map(async (one): Promise<Stored> => {
        if (one.time > before) return this.#put(one);
        await this.#removeForgotten(one, before);
        return 'forgotten';
      }),
    );
    if (!outcomes.includes('stored')) return outcomes;
    const after = await this.#forgottenAt(subject);
    return Promise.all(
      outcomes.map(async (outcome, index): Promise<Stored> => {
        const one = documents[index]!;
        if (outcome === 'forgotten' || one.time > after) return outcome;
        await this.#removeForgotten(one, after);
        return 'forgotten';
      }),
    );
  }

  /** @throws KeywordsError when OpenSearch does not do it; what was deleted until then stays so, and it can be repeated */
  async forget(what: Forget, at: Date = new Date()): Promise<number> {
    await this.#putTombstone(what, at);
    const subject = documentsOf(what);
    const places = [
      { index: historyAlias(this.#indexPrefix), time: 'taggedAt' },
      { index: articlesAlias(this.#indexPrefix), time: 'publishedAt' },
    ];
    const deleted = await Promise.all(
      places.map(({ index, time }) => {
        const later = { range: { [time]: { gt: at.toISOString() } } };
        return this.#deleteAll(index, { bool: { filter: [subject], must_not: [later] } });
      }),
    );
    await sleep(DELETION_LINGERS_MS);
    await this.#ask(this.#client.indices.refresh({ index: places.map(({ index }) => index) }));
    return deleted.reduce((sum, count) => sum + count, 0);
  }

  /** How many documents of an author or an article there are. */
  async count(what: Forget): Promise<number> {
    const index = [historyAlias(this.#indexPrefix), articlesAlias(this.#indexPrefix)];
    await this.#ask(this.#client.indices.refresh({ index }));
    const body = await this.#ask(this.#client.count({ index, body: { query: documentsOf(what) } }));
    return parseAnswer(z.object({ count: z.int() }), body).count;
  }

  async #mentions(
    authorId: string,
    articleId: string,
    query: RelatedQuery,
  ): Promise<Omit<RelatedArticles, 'similar'>> {
    if (query.keys.length === 0) return { published: 0, mentions: new Map() };
    const request = mentionsRequest(articlesAlias(this.#indexPrefix), authorId, articleId, query);
    return readMentions(await this.#ask(this.#client.search(request)), query);
  }

  async #similar(authorId: string, articleId: string, query: RelatedQuery): Promise<SimilarArticle[]> {
    if (query.terms.size === 0) return [];
    const request = similarRequest(articlesAlias(this.#indexPrefix), authorId, articleId, query);
    const similar = readSimilar(await this.#ask(this.#client.search(request)));
    if (similar.length === 0) return [];
    const kept = keptOnRequest(historyAlias(this.#indexPrefix), similar);
    return readKeptOn(await this.#ask(this.#client.mget(kept)), authorId, similar);
  }

  async #ask(request: PendingRequest): Promise<unknown> {
    const [body] = await withDeadline(this.#signal(), [request]);
    return body;
  }

  async #forgottenAt(subject: Subject): Promise<number> {
    const request = forgottenRequest(forgottenAlias(this.#indexPrefix), subject);
    return readForgotten(await this.#ask(this.#client.mget(request)));
  }

  async #put({ index, id, version, body }: VersionedDocument): Promise<Stored> {
    try {
      await this.#ask(
        this.#client.index({
          index,
          id,
          // The client writes it into the query as it is; its type knows no long.
          version: String(version) as unknown as number,
          version_type: 'external',
          // A missing alias must not become an index with guessed mappings.
          require_alias: true,
          refresh: this.#refresh,
          body,
        }),
      );
      return 'stored';
    } catch (error) {
      if (isConflict(error)) return 'newer kept';
      throw error;
    }
  }

  /** Removes the document in place when it is itself from before the time; a newer one stays. */
  async #removeForgotten({ index, id }: VersionedDocument, forgotten: number): Promise<void> {
    const body = await this.#ask(
      this.#client.get({ index, id, _source_includes: ['taggedAt', 'publishedAt'] }, { ignore: [404] }),
    );
    if ((body as { found?: boolean }).found !== true) return;
    const { _seq_no, _primary_term, _source } = parseAnswer(stored, body);
    if (Date.parse(_source.taggedAt ?? _source.publishedAt ?? '') > forgotten) return;
    // Whoever replaced it meanwhile looks for the tombstone, too.
    const unchanged = { if_seq_no: _seq_no, if_primary_term: _primary_term };
    await this.#ask(
      this.#client.delete({ index, id, ...unchanged, refresh: this.#refresh }, { ignore: [404, 409] }),
    );
  }

  /** The latest of several stays. */
  async #putTombstone(what: Forget, at: Date): Promise<void> {
    await this.#put({
      index: forgottenAlias(this.#indexPrefix),
      id: tombstoneOf(what),
      version: BigInt(Math.max(0, at.getTime())),
      time: at.getTime(),
      body: { forgottenAt: at.toISOString() },
    });
  }

  async #deleteAll(index: string, query: object): Promise<number> {
    let total = 0;
    for (;;) {
      // What was written a moment ago must be found.
      await this.#ask(this.#client.indices.refresh({ index }));
      const body = await this.#ask(
        this.#client.deleteByQuery({
          index,
          conflicts: 'proceed',
          refresh: true,
          body: { query: query as object },
        }),
      );
      const { deleted, version_conflicts, failures } = parseAnswer(deletion, body);
      total += deleted;
      if (failures.length > 0) {
        throw new KeywordsError(
          'KeywordsUnavailable',
          `OpenSearch did not delete: ${JSON.stringify(failures[0])}`,
        );
      }
      // Somebody replaced a document meanwhile: look again.
      if (version_conflicts === 0) return total;
    }
  }
}

function documentsOf(what: Forget): object {
  return 'authorId' in what ? { term: { authorId: what.authorId } } : { ids: { values: [what.articleId] } };
}

function isConflict(error: unknown): boolean {
  const cause = error instanceof KeywordsError ? error.cause : undefined;
  return (cause as { statusCode?: number } | undefined)?.statusCode === 409;
}

import type { Client } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { MAX_LABEL_BYTES } from '../../contracts/limits.ts';
import { Catalogue } from '../catalogue.ts';
import { tagKey } from '../tag-key.ts';
import { parseAnswer } from './answer.ts';
import { readCatalogueHeader, readTags, replaceCatalogue } from './catalogue-store.ts';
import { articlesAlias, historyAlias } from './indices.ts';
import { type CatalogueHeader, type Counts, NO_COUNTS, type StoredTag, storedTag } from './percolation.ts';

/** The latest articles of an author that count, as in the counts that ship: nobody weighs more. */
export const ARTICLES_PER_AUTHOR = 80;
/** Authors who must have kept a tag before it becomes one of the catalogue's. */
export const AUTHORS_OF_A_NEW_TAG = 3;

/** Documents read at a time. */
const BATCH = 1000;
/** Before any time of the contract. */
const BEGINNING_MS = -62_167_305_600_000;

export interface Recount {
  header: CatalogueHeader;
  authors: number;
  articles: number;
  newTags: number;
}

/**
 * Counts anew, over what authors kept, how tags are used, and serves a catalogue in which these counts are added to those
 * that were shipped or imported. What an earlier recount added is taken off before.
 *
 * Of each author the {@link ARTICLES_PER_AUTHOR} latest articles count. So one author moves a tag's `authors` by at most 1
 * and each of its other counts by at most 80, whatever they do.
 *
 * @param onAuthor told of each author, twice
 * @throws Error when there is no catalogue yet
 */
export async function recountCatalogue(
  client: Client,
  indexPrefix: string,
  onAuthor: () => void = () => {},
): Promise<Recount> {
  const header = await readCatalogueHeader(client, indexPrefix);
  if (!header) throw new Error('there is no catalogue yet; run npm run search:setup');
  const before: StoredTag[] = [];
  for await (const tag of readTags(client, indexPrefix)) {
    const uncounted = withoutCounted(tag);
    if (uncounted) before.push(uncounted);
  }
  const known = asCatalogue(before);
  const newTags = await findNewTags(readAuthors(client, indexPrefix, onAuthor), known);
  const all = [...before, ...newTags];

  const counts = new Map(all.map(({ key }) => [key, { ...NO_COUNTS }]));
  const total = { authors: 0, articles: 0 };
  for await (const author of readAuthors(client, indexPrefix, onAuthor)) {
    const mentions = await readMentions(client, indexPrefix, author);
    count(author, mentions, known, counts);
    total.authors += 1;
    total.articles += author.articles.length;
  }
  const [base = ''] = header.version.split('+', 1);
  const served = await replaceCatalogue(client, {
    indexPrefix,
    catalogue: { base, origin: header.origin },
    tags: all.map((tag) => withCounted(tag, counts.get(tag.key)!)),
  });
  return { header: served, ...total, newTags: newTags.length };
}

const COUNTS = Object.keys(NO_COUNTS) as (keyof Counts)[];

/** A tag as it was before it was counted; undefined for one that is there by its counts alone. */
export function withoutCounted({ counted, ...tag }: StoredTag): StoredTag | undefined {
  if (!counted) return tag;
  const before = { ...tag, ...mapCounts((name) => tag[name] - counted[name]) };
  const isEdited = before.blocked || before.aliases.length > 0;
  return isEdited || COUNTS.some((name) => before[name] > 0) ? before : undefined;
}

function withCounted(tag: StoredTag, counted: Counts): StoredTag {
  if (COUNTS.every((name) => counted[name] === 0)) return tag;
  return { ...tag, ...mapCounts((name) => tag[name] + counted[name]), counted };
}

function mapCounts(value: (name: keyof Counts) => number): Counts {
  return Object.fromEntries(COUNTS.map((name) => [name, value(name)])) as unknown as Counts;
}

/** By which a spelling's key finds its tag. */
function asCatalogue(tags: readonly StoredTag[]): Catalogue {
  return new Catalogue({
    version: '',
    tags: tags.map(({ key, label, aliases }) => ({ key, label, aliases, prior: NO_COUNTS })),
    documents: 0,
    documentFrequency: new Map(),
  });
}

interface AuthorArticles {
  authorId: string;
  /** The latest first. */
  articles: { articleId: string; tags: string[] }[];
}

const historyAnswer = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _source: z.object({ articleId: z.string(), authorId: z.string(), tags: z.array(z.string()) }),
        sort: z.tuple([z.string(), z.number(), z.string()]),
      }),
    ),
  }),
});

/** What each author kept on the latest articles. */
async function* readAuthors(
  client: Client,
  indexPrefix: string,
  onAuthor: () => void,
): AsyncGenerator<AuthorArticles> {
  let author: AuthorArticles | undefined;
  for (let after: [string, number, string] | undefined; ; ) {
    const { body } = await client.search({
      index: historyAlias(indexPrefix),
      allow_partial_search_results: false,
      body: {
        size: BATCH,
        _source: ['articleId', 'authorId', 'tags'],
        sort: [{ authorId: 'asc' }, { taggedAt: 'desc' }, { articleId: 'asc' }],
        ...(after && { search_after: after }),
      },
    });
    const { hits } = parseAnswer(historyAnswer, body).hits;
    for (const { _source, sort } of hits) {
      const { authorId, articleId, tags } = _source;
      if (author?.authorId !== authorId) {
        if (author) yield author;
        onAuthor();
        author = { authorId, articles: [] };
      }
      if (author.articles.length < ARTICLES_PER_AUTHOR) author.articles.push({ articleId, tags });
      after = sort;
    }
    if (hits.length < BATCH) break;
    // The rest of a loud author is not even read.
    if (author?.articles.length === ARTICLES_PER_AUTHOR) after = [author.authorId, BEGINNING_MS, ''];
  }
  if (author) yield author;
}

const articlesAnswer = z.object({
  docs: z.array(
    z.object({
      _id: z.string(),
      _source: z.object({ authorId: z.string(), keys: z.array(z.string()).default([]) }).optional(),
    }),
  ),
});

/** The keys that each of an author's articles mentions, by its id. */
async function readMentions(
  client: Client,
  indexPrefix: string,
  { authorId, articles }: AuthorArticles,
): Promise<Map<string, string[]>> {
  const { body } = await client.mget({
    index: articlesAlias(indexPrefix),
    _source: ['authorId', 'keys'],
    body: { ids: articles.map(({ articleId }) => articleId) },
  });
  return new Map(
    parseAnswer(articlesAnswer, body).docs.flatMap(({ _id, _source }) =>
      _source?.authorId === authorId ? [[_id, _source.keys] as const] : [],
    ),
  );
}

async function findNewTags(
  authors: AsyncIterable<AuthorArticles>,
  catalogue: Catalogue,
): Promise<StoredTag[]> {
  const unknown = new Map<string, { authors: number; spellings: Map<string, number> }>();
  for await (const { articles } of authors) {
    const own = new Map<string, string>();
    for (const tag of articles.flatMap(({ tags }) => tags)) {
      const key = tagKey(tag);
      if (!catalogue.find(key) && isLabel(tag) && !own.has(key)) own.set(key, tag);
    }
    for (const [key, tag] of own) {
      const one = unknown.get(key) ?? { authors: 0, spellings: new Map<string, number>() };
      one.authors += 1;
      one.spellings.set(tag, (one.spellings.get(tag) ?? 0) + 1);
      unknown.set(key, one);
    }
  }
  return [...unknown]
    .filter(([, { authors: count }]) => count >= AUTHORS_OF_A_NEW_TAG)
    .map(([key, { spellings }]) => storedTag.parse({ key, label: commonest(spellings) }));
}

function isLabel(tag: string): boolean {
  return Buffer.byteLength(tag) <= MAX_LABEL_BYTES && !/[\p{Cc}|]/u.test(tag);
}

function commonest(spellings: ReadonlyMap<string, number>): string {
  return [...spellings].sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))[0]![0];
}

function count(
  { articles }: AuthorArticles,
  mentions: ReadonlyMap<string, string[]>,
  catalogue: Catalogue,
  counts: ReadonlyMap<string, Counts>,
): void {
  const find = (key: string) => catalogue.find(key)?.key ?? key;
  const used = new Set<string>();
  for (const { articleId, tags } of articles) {
    const carried = new Set(tags.map((tag) => find(tagKey(tag))));
    const mentioned = new Set((mentions.get(articleId) ?? []).map(find));
    for (const key of carried) {
      used.add(key);
      const one = counts.get(key);
      if (one) one.articles += 1;
    }
    for (const key of mentioned) {
      const one = counts.get(key);
      if (!one) continue;
      one.mentions += 1;
      if (carried.has(key)) one.taggedWhenMentioned += 1;
    }
  }
  for (const key of used) {
    const one = counts.get(key);
    if (one) one.authors += 1;
  }
}

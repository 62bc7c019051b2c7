import { createHash } from 'node:crypto';
import type { Client } from '@opensearch-project/opensearch';
import canonicalize from 'canonicalize';
import type { Catalogue } from '../catalogue.ts';
import { tagKey } from '../tag-key.ts';
import { definitionVersion, indicesBehind, TAGS, tagsAlias } from './indices.ts';
import {
  CATALOGUE_ID,
  type CatalogueHeader,
  catalogueDocument,
  catalogueHeader,
  type StoredTag,
  storedTag,
  tagDocument,
} from './percolation.ts';

/** Tags sent and read at a time: bounds the memory of a catalogue of any size. */
const BATCH = 1000;

/** What the serving catalogue says of itself; undefined when there is none yet. */
export async function readCatalogueHeader(
  client: Client,
  indexPrefix: string,
): Promise<CatalogueHeader | undefined> {
  const { body, statusCode } = await client.get(
    { index: tagsAlias(indexPrefix), id: CATALOGUE_ID },
    { ignore: [404] },
  );
  return statusCode === 404 ? undefined : catalogueHeader.parse(body._source?.catalogue);
}

/** All tags of the serving catalogue in the order of their keys, a batch at a time. */
export async function* readTags(client: Client, indexPrefix: string): AsyncGenerator<StoredTag> {
  // One index throughout, even when the alias is switched meanwhile.
  const [index] = await indicesBehind(client, tagsAlias(indexPrefix));
  if (index === undefined) return;
  for (let after: string | undefined; ; ) {
    const { body } = await client.search({
      index,
      body: {
        size: BATCH,
        _source: { excludes: ['query'] },
        query: { exists: { field: 'key' } },
        sort: [{ key: 'asc' }],
        ...(after !== undefined && { search_after: [after] }),
      },
    });
    const tags = body.hits.hits.map(({ _source }) => storedTag.parse(_source));
    yield* tags;
    after = tags.at(-1)?.key;
    if (tags.length < BATCH) return;
  }
}

/** The shipped catalogue's tags as they are stored. */
export function* toStoredTags({ tags }: Catalogue): Generator<StoredTag> {
  for (const { key, label, aliases, prior } of tags) {
    yield { key, label, aliases, blocked: false, ...prior };
  }
}

/**
 * Writes a catalogue into an index of its own beside the serving one, and only when all of it is there switches the
 * alias: whatever fails before leaves the old catalogue serving.
 *
 * @param options.catalogue what to call it; without version, a name made from its content: `BASE+HASH`, by default imported
 * @returns what it was called
 */
export async function replaceCatalogue(
  client: Client,
  options: {
    indexPrefix: string;
    catalogue:
      | { version: string; origin: CatalogueHeader['origin'] }
      | { base: string; origin?: CatalogueHeader['origin'] };
    tags: AsyncIterable<StoredTag> | Iterable<StoredTag>;
    onTag?: () => void;
  },
): Promise<CatalogueHeader> {
  const { indexPrefix, catalogue, tags, onTag } = options;
  const alias = tagsAlias(indexPrefix);
  const index = newIndexName(alias);
  await client.indices.create({ index, body: { ...TAGS } });
  try {
    const content = await writeTags(client, index, tags, onTag);
    const header: CatalogueHeader =
      'version' in catalogue
        ? { version: catalogue.version, origin: catalogue.origin, tags: content.tags }
        : {
            version: `${catalogue.base}+${content.hash}`,
            origin: catalogue.origin ?? 'imported',
            tags: content.tags,
          };
    await client.index({ index, id: CATALOGUE_ID, body: catalogueDocument(header), refresh: true });
    const { body } = await client.count({ index });
    if (body.count !== header.tags + 1) {
      throw new Error(`${index} has ${body.count} documents instead of ${header.tags + 1}`);
    }
    const old = await indicesBehind(client, alias);
    await client.indices.updateAliases({
      body: {
        actions: [...old.map((name) => ({ remove_index: { index: name } })), { add: { index, alias } }],
      },
    });
    return header;
  } catch (error) {
    await client.indices.delete({ index, ignore_unavailable: true });
    throw error;
  }
}

function newIndexName(alias: string): string {
  const unique = crypto.randomUUID().slice(0, 8);
  return `${alias}-${definitionVersion(TAGS)}-${Date.now().toString(36)}-${unique}`;
}

/** When an index of tags was created, from its name; milliseconds since 1970. */
export function createdAt(index: string): number {
  return Number.parseInt(index.split('-').at(-2) ?? '', 36);
}

async function writeTags(
  client: Client,
  index: string,
  tags: AsyncIterable<StoredTag> | Iterable<StoredTag>,
  onTag?: () => void,
): Promise<{ tags: number; hash: string }> {
  const digests: string[] = [];
  let batch: StoredTag[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const { body } = await client.bulk({
      index,
      body: batch.flatMap((tag) => [{ create: { _id: idOf(tag) } }, tagDocument(tag)]),
    });
    const failed = body.items.find(({ create }) => create?.error)?.create;
    if (failed)
      throw new Error(`OpenSearch refused tag ${failed._id}: ${failed.error?.type}: ${failed.error?.reason}`);
    batch = [];
  };
  for await (const tag of tags) {
    batch.push(tag);
    digests.push(digest(canonicalize(tag)!));
    onTag?.();
    if (batch.length === BATCH) await flush();
  }
  await flush();
  // Whatever the order of the lines: equal content, equal version.
  return { tags: digests.length, hash: digest(digests.sort().join()) };
}

/** Never the header's. */
function idOf({ key }: StoredTag): string {
  return `tag:${key}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** What to change in the serving catalogue. */
export interface TagChange {
  label: string;
  /** Added to those it has. */
  aliases?: string[];
  blocked?: boolean;
}

/**
 * Adds a tag, adds spellings to it, or blocks it, as a new version of the catalogue.
 *
 * @throws Error when there is no catalogue yet
 */
export async function changeTag(
  client: Client,
  indexPrefix: string,
  change: TagChange,
): Promise<CatalogueHeader> {
  const header = await readCatalogueHeader(client, indexPrefix);
  if (!header) throw new Error('there is no catalogue yet; run npm run search:setup');
  const [base = ''] = header.version.split('+', 1);
  return replaceCatalogue(client, {
    indexPrefix,
    catalogue: { base },
    tags: withChange(readTags(client, indexPrefix), change),
  });
}

async function* withChange(tags: AsyncIterable<StoredTag>, change: TagChange): AsyncGenerator<StoredTag> {
  const key = tagKey(change.label);
  let found = false;
  for await (const tag of tags) {
    found ||= tag.key === key;
    yield tag.key === key ? changed(tag, change) : tag;
  }
  if (!found) yield changed(storedTag.parse({ key, label: change.label }), change);
}

function changed(tag: StoredTag, { aliases = [], blocked }: TagChange): StoredTag {
  return { ...tag, aliases: [...new Set([...tag.aliases, ...aliases])], blocked: blocked ?? tag.blocked };
}

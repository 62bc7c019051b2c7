import type { Client } from '@opensearch-project/opensearch';
import type { Catalogue } from '../catalogue.ts';
import {
  createdAt,
  readCatalogueHeader,
  readTags,
  replaceCatalogue,
  toStoredTags,
} from './catalogue-store.ts';
import {
  ARTICLES,
  articlesAlias,
  definitionVersion,
  FORGOTTEN,
  forgottenAlias,
  HISTORY,
  historyAlias,
  type IndexDefinition,
  indicesBehind,
  TAGS,
  tagsAlias,
} from './indices.ts';

export interface SetupOptions {
  indexPrefix: string;
  /** The catalogue that ships with the project: served until another one is imported, and renewed with the project. */
  shipped: Catalogue;
  /** Told what is done, in words for a person. */
  onStep?: (step: string) => void;
}

/**
 * Creates the indices, or upgrades them to the definitions of this version of the project. Does nothing when they are
 * up to date, and goes on where an earlier run was cut off.
 */
export async function setupSearch(client: Client, options: SetupOptions): Promise<void> {
  const { indexPrefix } = options;
  await setupDocuments(client, articlesAlias(indexPrefix), ARTICLES, options);
  await setupDocuments(client, historyAlias(indexPrefix), HISTORY, options);
  await setupDocuments(client, forgottenAlias(indexPrefix), FORGOTTEN, options);
  await setupTags(client, options);
}

async function setupDocuments(
  client: Client,
  alias: string,
  definition: IndexDefinition,
  { onStep }: SetupOptions,
): Promise<void> {
  const index = `${alias}-${definitionVersion(definition)}`;
  const current = await indicesBehind(client, alias);
  const old = (await indicesNamed(client, alias, /^[0-9a-f]{8}$/)).filter((name) => name !== index);
  if (current.includes(index) && old.length === 0) {
    onStep?.(`${alias}: up to date`);
    return;
  }
  const { body: exists } = await client.indices.exists({ index });
  if (!exists) await client.indices.create({ index, body: { ...definition } });
  for (const source of old) {
    onStep?.(`${alias}: copying ${source} to ${index}`);
    await reindex(client, source, index, definition);
  }
  await client.indices.updateAliases({
    body: {
      actions: [
        ...current.filter((name) => name !== index).map((name) => ({ remove: { index: name, alias } })),
        { add: { index, alias } },
      ],
    },
  });
  for (const source of old) {
    // What was written meanwhile; external versions keep the newer of two documents.
    await reindex(client, source, index, definition);
    await client.indices.delete({ index: source });
  }
  onStep?.(`${alias}: now ${index}`);
}

async function setupTags(client: Client, options: SetupOptions): Promise<void> {
  const { indexPrefix, shipped, onStep } = options;
  const alias = tagsAlias(indexPrefix);
  await deleteLeftovers(client, alias);
  const header = await readCatalogueHeader(client, indexPrefix);
  if (!header || (header.origin === 'shipped' && header.version.split('+', 1)[0] !== shipped.version)) {
    onStep?.(`${alias}: writing the catalogue ${shipped.version} that ships with the project`);
    const catalogue = { version: shipped.version, origin: 'shipped' } as const;
    await replaceCatalogue(client, { indexPrefix, catalogue, tags: toStoredTags(shipped) });
    return;
  }
  const [current = ''] = await indicesBehind(client, alias);
  if (current.startsWith(`${alias}-${definitionVersion(TAGS)}-`)) {
    onStep?.(`${alias}: up to date, catalogue ${header.version}`);
    return;
  }
  onStep?.(`${alias}: rewriting the catalogue ${header.version} for the new definition`);
  // Not by reindexing: the queries are made from the tags, and may be made differently now.
  await replaceCatalogue(client, { indexPrefix, catalogue: header, tags: readTags(client, indexPrefix) });
}

/** An import takes minutes; what it left behind a day ago, nobody is writing any more. */
const LEFTOVER_MS = 24 * 60 * 60 * 1000;

async function deleteLeftovers(client: Client, alias: string): Promise<void> {
  const serving = await indicesBehind(client, alias);
  for (const index of await indicesNamed(client, alias, /^[0-9a-f]{8}-[0-9a-z]+-[0-9a-f]{8}$/)) {
    if (!serving.includes(index) && Date.now() - createdAt(index) > LEFTOVER_MS) {
      await client.indices.delete({ index });
    }
  }
}

/** Indices of an alias, serving or not. Others may begin with its name, too: what follows must be ours. */
async function indicesNamed(client: Client, alias: string, suffix: RegExp): Promise<string[]> {
  const { body } = await client.indices.get({ index: `${alias}-*`, allow_no_indices: true });
  return Object.keys(body).filter((name) => suffix.test(name.slice(alias.length + 1)));
}

/** Copies documents with their versions; what the destination has in the same or a newer version stays. */
async function reindex(
  client: Client,
  source: string,
  destination: string,
  { mappings }: IndexDefinition,
): Promise<void> {
  const { body: started } = await client.reindex({
    wait_for_completion: false,
    refresh: true,
    body: {
      conflicts: 'proceed',
      // Without the fields that are no more.
      source: { index: source, _source: Object.keys(mappings.properties) },
      dest: { index: destination, version_type: 'external' },
    },
  });
  for (;;) {
    const { body: state } = await client.tasks.get({ task_id: String((started as { task?: string }).task) });
    if (!state.completed) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    const { failures = [] } = (state.response ?? {}) as { failures?: unknown[] };
    if (state.error || failures.length > 0) {
      throw new Error(
        `copying ${source} to ${destination} failed: ${JSON.stringify(state.error ?? failures[0])}`,
      );
    }
    return;
  }
}

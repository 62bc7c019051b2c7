import type { Client } from '@opensearch-project/opensearch';
import type { Catalogue } from '../../../functions/keywords/catalogue.ts';
import { readCatalogueHeader } from '../../../functions/keywords/opensearch/catalogue-store.ts';
import { createOpenSearchClient, toKeywordsError } from '../../../functions/keywords/opensearch/client.ts';
import { readSearchEnvironment } from '../../../functions/keywords/opensearch/environment.ts';
import {
  ARTICLES,
  articlesAlias,
  definitionVersion,
  FORGOTTEN,
  forgottenAlias,
  HISTORY,
  historyAlias,
  indicesBehind,
  TAGS,
  tagsAlias,
} from '../../../functions/keywords/opensearch/indices.ts';
import type { SearchOptions } from '../../search-options.ts';
import { type Finding, finding } from './finding.ts';

const SETUP = 'npm run search:setup -- --opensearch URL';

/**
 * Does OpenSearch answer, with the indices and the catalogue of this checkout?
 *
 * @param variables the environment of the keyword function; options and one's own environment go before
 * @returns the version of the catalogue that is served, where there is one
 */
export async function checkSearch(
  variables: NodeJS.ProcessEnv,
  options: SearchOptions,
  shipped: Catalogue,
): Promise<{ findings: Finding[]; catalogue?: string }> {
  const { connection, indexPrefix } = readSearchEnvironment({
    ...variables,
    ...process.env,
    ...(options.opensearch && { OPENSEARCH_URL: options.opensearch }),
    ...(options.indexPrefix && { OPENSEARCH_INDEX_PREFIX: options.indexPrefix }),
  });
  const client = createOpenSearchClient(connection, { requestTimeout: 10_000 });
  const what = `OpenSearch at ${connection.url}`;
  try {
    const indices = [
      ...(await checkIndex(client, articlesAlias(indexPrefix), definitionVersion(ARTICLES))),
      ...(await checkIndex(client, tagsAlias(indexPrefix), definitionVersion(TAGS))),
      ...(await checkIndex(client, historyAlias(indexPrefix), definitionVersion(HISTORY))),
      ...(await checkIndex(client, forgottenAlias(indexPrefix), definitionVersion(FORGOTTEN))),
    ];
    const { findings, version } = await checkCatalogue(client, indexPrefix, shipped);
    return { findings: [finding(what), ...indices, ...findings], ...(version && { catalogue: version }) };
  } catch (error) {
    const { name, message } = toKeywordsError(error);
    return {
      findings: [
        finding(
          what,
          `suggestions are degraded if the keyword function fares alike: ${message}; look up ${name} in infra/RUNBOOK.md. A domain in a VPC must be asked from there`,
        ),
      ],
    };
  } finally {
    await client.close();
  }
}

async function checkIndex(client: Client, alias: string, version: string): Promise<Finding[]> {
  const [index] = await indicesBehind(client, alias);
  if (!index) {
    return [
      finding(
        `index ${alias}`,
        `it is not there, so suggestions are degraded with KeywordsIndexMissing: ${SETUP}`,
      ),
    ];
  }
  const isCurrent = index.startsWith(`${alias}-${version}`);
  const { body } = await client.indices.getSettings({ index, name: 'index.blocks.*', flat_settings: true });
  const blocks = Object.values(body).flatMap(({ settings = {} }) =>
    Object.entries(settings).flatMap(([name, value]) => (String(value) === 'true' ? [name] : [])),
  );
  return [
    finding(`index ${alias}`, !isCurrent && `it is of another version of the project: ${SETUP}`),
    finding(
      'its writability',
      blocks.length > 0 &&
        `articles and their tags are not kept as it has ${blocks.join()}, mostly a full disk: make room, then lift the block`,
    ),
  ];
}

async function checkCatalogue(client: Client, indexPrefix: string, shipped: Catalogue) {
  const header = await readCatalogueHeader(client, indexPrefix);
  if (!header) return { findings: [finding('catalogue', `there is none: ${SETUP}`)] };
  const isOld = header.origin === 'shipped' && header.version.split('+', 1)[0] !== shipped.version;
  const wrong = isOld && `this checkout ships ${shipped.version}: ${SETUP}`;
  return {
    version: header.version,
    findings: [finding(`catalogue ${header.version}, ${header.tags} tags`, wrong)],
  };
}

import { type Client, errors } from '@opensearch-project/opensearch';
import type { Command } from 'commander';
import { createOpenSearchClient, toKeywordsError } from '../functions/keywords/opensearch/client.ts';
import { readSearchEnvironment } from '../functions/keywords/opensearch/environment.ts';
import { KeywordsError } from '../functions/shared/errors.ts';
import { UsageError } from './command.ts';

export interface SearchOptions {
  opensearch?: string;
  indexPrefix?: string;
}

/** Adds the options by which a command finds its OpenSearch; without them the environment says it, as in the function. */
export function withSearchOptions(command: Command): Command {
  return command
    .option('--opensearch <url>', 'address of OpenSearch (or OPENSEARCH_URL)')
    .option('--index-prefix <prefix>', 'beginning of the names of its indices (or OPENSEARCH_INDEX_PREFIX)');
}

/**
 * The client of a command: patient, as a person waits and nothing depends on it.
 *
 * @throws UsageError when no address is given or the environment is wrong
 */
export function connect({ opensearch, indexPrefix }: SearchOptions): { client: Client; indexPrefix: string } {
  const environment = {
    ...process.env,
    ...(opensearch !== undefined && { OPENSEARCH_URL: opensearch }),
    ...(indexPrefix !== undefined && { OPENSEARCH_INDEX_PREFIX: indexPrefix }),
  };
  if (!environment.OPENSEARCH_URL) throw new UsageError('give --opensearch URL or set OPENSEARCH_URL');
  try {
    const { connection, indexPrefix: prefix } = readSearchEnvironment(environment);
    return {
      client: createOpenSearchClient(connection, { requestTimeout: 60_000, maxRetries: 2 }),
      indexPrefix: prefix,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** An action that says in one line what OpenSearch would not do, and ends with exit code 1. */
export function reportingErrors<Arguments extends unknown[]>(
  action: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      await action(...given);
    } catch (error) {
      const isOfSearch = error instanceof errors.OpenSearchClientError || error instanceof KeywordsError;
      const withoutCredentials = (error as Error).name === 'CredentialsProviderError';
      if (!isOfSearch && !withoutCredentials) throw error;
      console.error(toKeywordsError(error).message);
      process.exitCode = 1;
    }
  };
}

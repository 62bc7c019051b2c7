import * as z from 'zod';
import { readEnvironment } from '../../shared/environment.ts';
import { InvalidEnvironment } from '../../shared/errors.ts';
import { type Policy, readPolicy } from '../policy.ts';
import type { OpenSearchConnection } from './client.ts';
import { DEFAULT_INDEX_PREFIX } from './indices.ts';

/** How the keyword function and the commands find OpenSearch, and what is to be suggested. */
export interface SearchEnvironment {
  connection: OpenSearchConnection;
  indexPrefix: string;
  /** Milliseconds for all that one extraction asks of OpenSearch. */
  timeout: number;
  policy: Policy;
}

/**
 * Reads `OPENSEARCH_URL`, `OPENSEARCH_AUTHENTICATION` (none, basic with `OPENSEARCH_USERNAME` and
 * `OPENSEARCH_PASSWORD`, iam with `AWS_REGION`), `OPENSEARCH_INDEX_PREFIX`, `OPENSEARCH_TIMEOUT_MS`,
 * `OPENSEARCH_MAX_RETRIES`, and the {@link Policy}.
 *
 * @throws InvalidEnvironment naming the variable that is missing or wrong
 */
export function readSearchEnvironment(environment: NodeJS.ProcessEnv = process.env): SearchEnvironment {
  const variables = readEnvironment(
    {
      OPENSEARCH_URL: z.url({ protocol: /^https?$/ }),
      OPENSEARCH_AUTHENTICATION: z.enum(['none', 'basic', 'iam']).default('none'),
      OPENSEARCH_USERNAME: z.string().optional(),
      OPENSEARCH_PASSWORD: z.string().optional(),
      AWS_REGION: z.string().optional(),
      OPENSEARCH_INDEX_PREFIX: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be lower-case letters, digits and hyphens')
        .default(DEFAULT_INDEX_PREFIX),
      OPENSEARCH_TIMEOUT_MS: z.coerce.number().int().min(100).max(8000).default(1500),
      OPENSEARCH_MAX_RETRIES: z.coerce.number().int().min(0).max(1).default(0),
    },
    environment,
  );
  return {
    connection: {
      url: variables.OPENSEARCH_URL,
      authentication: authenticationOf(variables),
      maxRetries: variables.OPENSEARCH_MAX_RETRIES,
    },
    indexPrefix: variables.OPENSEARCH_INDEX_PREFIX,
    timeout: variables.OPENSEARCH_TIMEOUT_MS,
    policy: readPolicy(environment),
  };
}

function authenticationOf(variables: {
  OPENSEARCH_AUTHENTICATION: 'none' | 'basic' | 'iam';
  OPENSEARCH_USERNAME?: string | undefined;
  OPENSEARCH_PASSWORD?: string | undefined;
  AWS_REGION?: string | undefined;
}): NonNullable<OpenSearchConnection['authentication']> {
  const need = (name: 'OPENSEARCH_USERNAME' | 'OPENSEARCH_PASSWORD' | 'AWS_REGION') => {
    const value = variables[name];
    if (value) return value;
    const type = variables.OPENSEARCH_AUTHENTICATION;
    throw new InvalidEnvironment(
      `environment variable ${name} must be set when OPENSEARCH_AUTHENTICATION is ${type}`,
    );
  };
  switch (variables.OPENSEARCH_AUTHENTICATION) {
    case 'iam':
      return { type: 'iam', region: need('AWS_REGION') };
    case 'basic':
      return { type: 'basic', username: need('OPENSEARCH_USERNAME'), password: need('OPENSEARCH_PASSWORD') };
    case 'none':
      return { type: 'none' };
  }
}

import { describe, expect, it } from 'vitest';
import { readSearchEnvironment } from '../../../functions/keywords/opensearch/environment.ts';
import { DEFAULT_POLICY } from '../../../functions/keywords/policy.ts';

const url = { OPENSEARCH_URL: 'https://search.example.com' };

describe('how OpenSearch is found', () => {
  it.each([
    [{}, { type: 'none' }],
    [
      { OPENSEARCH_AUTHENTICATION: 'basic', OPENSEARCH_USERNAME: 'u', OPENSEARCH_PASSWORD: 'p' },
      { type: 'basic', username: 'u', password: 'p' },
    ],
    [
      { OPENSEARCH_AUTHENTICATION: 'iam', AWS_REGION: 'ap-northeast-1' },
      { type: 'iam', region: 'ap-northeast-1' },
    ],
  ])('%j', (environment, authentication) => {
    expect(readSearchEnvironment({ ...url, ...environment })).toEqual({
      connection: { url: url.OPENSEARCH_URL, authentication, maxRetries: 0 },
      indexPrefix: 'tag-suggestions',
      timeout: 1500,
      policy: DEFAULT_POLICY,
    });
  });

  it.each([
    [{}, 'OPENSEARCH_URL'],
    [{ OPENSEARCH_URL: 'localhost:9200' }, 'OPENSEARCH_URL is "localhost:9200"'],
    [
      { ...url, OPENSEARCH_AUTHENTICATION: 'basic', OPENSEARCH_USERNAME: 'u' },
      'OPENSEARCH_PASSWORD must be set',
    ],
    [{ ...url, OPENSEARCH_AUTHENTICATION: 'iam' }, 'AWS_REGION must be set'],
    [{ ...url, OPENSEARCH_INDEX_PREFIX: 'A*' }, 'OPENSEARCH_INDEX_PREFIX is "A*"'],
    [{ ...url, OPENSEARCH_TIMEOUT_MS: '60000' }, 'OPENSEARCH_TIMEOUT_MS is "60000"'],
    [{ ...url, OPENSEARCH_MAX_RETRIES: '9' }, 'OPENSEARCH_MAX_RETRIES is "9"'],
  ])('%j is refused', (environment, words) => {
    expect(() => readSearchEnvironment(environment)).toThrow(words);
  });
});

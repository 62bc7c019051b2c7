import { Client, type ClientOptions, errors } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import { KeywordsError, type KeywordsErrorName } from '../../shared/errors.ts';

/** How to reach a cluster. */
export interface OpenSearchConnection {
  /** `https://…` of the domain, or `http://127.0.0.1:PORT` */
  url: string;
  /** @default none */
  authentication?:
    | { type: 'none' }
    | { type: 'basic'; username: string; password: string }
    /** `getCredentials` by default as the AWS SDK finds them. */
    | { type: 'iam'; region: string; getCredentials?: () => Promise<AwsCredentials> };
  /** Requests sent once more after a broken connection or 502–504, without a pause. @default 0 */
  maxRetries?: number;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Idle time of one request; {@link withDeadline} is what bounds the whole. */
const REQUEST_TIMEOUT_MS = 1500;

export function createOpenSearchClient(
  connection: OpenSearchConnection,
  options: ClientOptions = {},
): Client {
  const { url, authentication = { type: 'none' }, maxRetries = 0 } = connection;
  return new Client({
    node: url,
    maxRetries,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // The answer with all term vectors shrinks to a tenth.
    suggestCompression: new URL(url).protocol === 'https:',
    ...(authentication.type === 'iam' && {
      ...AwsSigv4Signer({
        region: authentication.region,
        service: 'es',
        ...(authentication.getCredentials && { getCredentials: authentication.getCredentials }),
      }),
    }),
    ...(authentication.type === 'basic' && {
      auth: { username: authentication.username, password: authentication.password },
    }),
    ...options,
  });
}

/** A request on its way, as the client returns it. */
export interface PendingRequest extends PromiseLike<{ body: unknown }> {
  abort?: () => unknown;
}

/**
 * Waits for answers no longer than until the signal aborts, whatever they wait for (credentials, connection, a body
 * that drips), and then takes the requests back.
 *
 * @returns the bodies of the answers
 * @throws KeywordsError as {@link toKeywordsError} names it
 */
export async function withDeadline(signal: AbortSignal, requests: PendingRequest[]): Promise<unknown[]> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const answers = await Promise.race([Promise.all(requests), expired]);
    return answers.map(({ body }) => body);
  } catch (cause) {
    for (const request of requests) {
      // The abort is what each of them then rejects with; nobody waits for it any more.
      request.then(undefined, () => {});
      request.abort?.();
    }
    throw toKeywordsError(cause);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The named error that says what went wrong with OpenSearch, its cause kept but for the article in its request. */
export function toKeywordsError(cause: unknown): KeywordsError {
  if (cause instanceof KeywordsError) return cause;
  forgetRequestBody(cause);
  const { name, message } = cause as Error;
  const fail = (error: KeywordsErrorName, what: string) =>
    new KeywordsError(error, `OpenSearch ${what}: ${name}: ${message}`, { cause });
  if (name === 'TimeoutError') return fail('KeywordsTimeout', 'did not answer in time');
  if (cause instanceof errors.ResponseError) {
    return fail(nameOfStatus(cause.statusCode, cause.body?.error?.type), `answered ${cause.statusCode}`);
  }
  if (cause instanceof errors.DeserializationError)
    return fail('KeywordsUnavailable', 'answered what is no JSON');
  if (cause instanceof errors.OpenSearchClientError)
    return fail('KeywordsUnavailable', 'could not be reached');
  if (/credential/i.test(`${name} ${message}`))
    return fail('KeywordsRefused', 'was not asked, without credentials');
  return fail('KeywordsUnavailable', 'could not be asked');
}

/** The client's errors carry the request; what is in there must not end in a log. */
function forgetRequestBody(cause: unknown): void {
  const { meta } = cause as { meta?: { meta?: { request?: { params?: { body?: unknown } | null } } } };
  const params = meta?.meta?.request?.params;
  if (params) delete params.body;
}

/**
 * @param status of the answer, or of one of several answers in it
 * @param type OpenSearch's own name of the error
 */
export function nameOfStatus(status: number, type?: string): KeywordsErrorName {
  if (type === 'index_not_found_exception') return 'KeywordsIndexMissing';
  if (type === 'cluster_block_exception') return 'KeywordsUnavailable';
  if (status === 401 || status === 403) return 'KeywordsRefused';
  if (status === 404) return 'KeywordsIndexMissing';
  if (status === 408) return 'KeywordsTimeout';
  if (status === 429) return 'KeywordsThrottled';
  return status >= 500 ? 'KeywordsUnavailable' : 'KeywordsBadRequest';
}

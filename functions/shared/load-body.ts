import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { MAX_BODY_BYTES } from '../contracts/limits.ts';
import { BodyUnavailable, InvalidArticle } from './errors.ts';

let shared: S3Client | undefined;

function defaultClient(): S3Client {
  shared ??= new S3Client({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1500, connectionTimeout: 500 },
  });
  return shared;
}

/** What no retry can mend: the publisher named an object that is not there or not ours to read. */
const FINAL = new Set([
  'NoSuchKey',
  'NoSuchBucket',
  'AccessDenied',
  'PermanentRedirect',
  'InvalidBucketName',
]);

/**
 * Reads an article's body from S3.
 *
 * @returns the body as text; at most 1 MiB of UTF-8
 * @throws InvalidArticle when the object is missing, forbidden, too large, empty or not UTF-8
 * @throws BodyUnavailable when S3 throttles, fails or does not answer
 */
export async function loadBody(
  { bucket, key }: { bucket: string; key: string },
  client: Pick<S3Client, 'send'> = defaultClient(),
): Promise<string> {
  const location = `bodyLocation s3://${bucket}/${key}`;
  let bytes: Uint8Array;
  try {
    // One byte more than allowed is enough to know.
    const range = `bytes=0-${MAX_BODY_BYTES}`;
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
    bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === 'InvalidRange') throw empty(location);
    if (FINAL.has(name)) throw new InvalidArticle(`${location}: ${name}: ${message}`, { cause });
    throw new BodyUnavailable(`${location} could not be read: ${name}: ${message}`, { cause });
  }
  if (bytes.length > MAX_BODY_BYTES) {
    throw new InvalidArticle(`${location}: must have at most ${MAX_BODY_BYTES} bytes`);
  }
  const body = decodeUtf8(bytes, location);
  if (body.trim() === '') throw empty(location);
  return body;
}

function empty(location: string): InvalidArticle {
  return new InvalidArticle(`${location}: must not be empty`);
}

/** @throws InvalidArticle when the bytes are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidArticle(`${what}: must be UTF-8 text`, { cause });
  }
}

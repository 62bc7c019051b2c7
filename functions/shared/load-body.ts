import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { MAX_BODY_BYTES } from '../contracts/limits.ts';
import { BodyUnavailable, InvalidArticle } from './errors.ts';

let client: S3Client | undefined;

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
export async function loadBody({ bucket, key }: { bucket: string; key: string }): Promise<string> {
  client ??= new S3Client({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1500, connectionTimeout: 500 },
  });
  const location = `bodyLocation s3://${bucket}/${key}`;
  let bytes: Uint8Array;
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if ((object.ContentLength ?? 0) > MAX_BODY_BYTES) throw tooLarge(location, object.ContentLength!);
    bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (cause) {
    if (cause instanceof InvalidArticle) throw cause;
    const { name, message } = cause as Error;
    if (FINAL.has(name)) throw new InvalidArticle(`${location}: ${name}: ${message}`, { cause });
    throw new BodyUnavailable(`${location} could not be read: ${name}: ${message}`, { cause });
  }
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge(location, bytes.length);
  const body = decodeUtf8(bytes, location);
  if (body.trim() === '') throw new InvalidArticle(`${location}: must not be empty`);
  return body;
}

function tooLarge(location: string, bytes: number): InvalidArticle {
  return new InvalidArticle(`${location}: has ${bytes} bytes, at most ${MAX_BODY_BYTES} are allowed`);
}

/** @throws InvalidArticle when the bytes are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidArticle(`${what}: must be UTF-8 text`, { cause });
  }
}

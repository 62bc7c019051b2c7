import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../command.ts';

/** Where an archive is: every object of the bucket whose key begins so. */
export interface Archive {
  bucket: string;
  prefix: string;
}

/** A line as it was found. */
export interface Line {
  /** `file:line` */
  where: string;
  text: string;
}

/**
 * Reads `s3://bucket/prefix`.
 *
 * @returns undefined when it is a path on this machine
 * @throws UsageError when bucket or prefix is missing
 */
export function parseArchive(location: string): Archive | undefined {
  if (!location.startsWith('s3://')) return undefined;
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(location)!;
  if (bucket && prefix) return { bucket, prefix };
  throw new UsageError(
    `${location}: must be s3://BUCKET/PREFIX; a whole bucket is no archive, as it may hold more than articles`,
  );
}

/** @throws UsageError when no object's key begins so */
export async function requireObjects(client: S3Client, { bucket, prefix }: Archive): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: prefix },
  )) {
    if (Contents.some(({ Size = 0 }) => Size > 0)) return;
  }
  throw new UsageError(`s3://${bucket}/${prefix}: no object whose key begins so, or all are empty`);
}

/** Reads an archive in S3, a line at a time, object by object. */
export async function* readArchive(client: S3Client, { bucket, prefix }: Archive): AsyncGenerator<Line> {
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: prefix },
  )) {
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      yield* readLines(Body as Readable, `s3://${bucket}/${Key}`);
    }
  }
}

/** @throws UsageError when there is no such file */
export function readFile(path: string): AsyncGenerator<Line> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`${path}: no such file`);
  return readLines(createReadStream(path), path);
}

/** Lines of a stream that are not empty, with their numbers. */
export async function* readLines(input: Readable, name: string): AsyncGenerator<Line> {
  // readline does not pass errors on.
  let failure: Error | undefined;
  input.once('error', (error) => {
    failure = error;
    lines.close();
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== '') yield { where: `${name}:${line}`, text };
  }
  if (failure) throw failure;
}

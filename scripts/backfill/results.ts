import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { type Line, readLines } from './archive.ts';

/** An article without suggestions, and why. */
export interface Failure {
  /** `articleId (revision n)`, as far as the line named one. */
  article: string;
  error: string;
  cause: string;
}

export interface Results {
  suggested: number;
  suggestedBefore: number;
  failures: Failure[];
}

const manifest = z.object({
  ResultFiles: z.object({
    SUCCEEDED: z.array(z.object({ Key: z.string() })).default([]),
    FAILED: z.array(z.object({ Key: z.string() })).default([]),
  }),
});

/** A child workflow that failed, as ResultWriter writes it. */
const failed = z.object({
  Status: z.string(),
  Input: z.string().optional(),
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

const succeeded = z.object({ outcome: z.enum(['suggested', 'suggested before']) });

/** Folder of a Map Run's results; Step Functions names it after the run. */
export function resultsFolder(mapRunArn: string): string {
  return `results/${mapRunArn.split(':').at(-1)}/`;
}

/**
 * Reads what ResultWriter wrote.
 *
 * @returns undefined when there are no results, as the run ended before it could write them
 */
export async function readResults(
  client: S3Client,
  bucket: string,
  mapRunArn: string,
): Promise<Results | undefined> {
  const files = await readManifest(client, bucket, `${resultsFolder(mapRunArn)}manifest.json`);
  if (!files) return undefined;
  const results: Results = { suggested: 0, suggestedBefore: 0, failures: [] };
  for await (const { text } of linesOf(client, bucket, files.SUCCEEDED)) {
    const { outcome } = succeeded.parse(JSON.parse(text));
    results[outcome === 'suggested' ? 'suggested' : 'suggestedBefore'] += 1;
  }
  for await (const { text } of linesOf(client, bucket, files.FAILED)) {
    results.failures.push(toFailure(failed.parse(JSON.parse(text))));
  }
  return results;
}

async function readManifest(client: S3Client, Bucket: string, Key: string) {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return manifest.parse(JSON.parse(await Body!.transformToString())).ResultFiles;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function* linesOf(client: S3Client, Bucket: string, files: { Key: string }[]): AsyncGenerator<Line> {
  for (const { Key } of files) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    yield* readLines(Body as Readable, `s3://${Bucket}/${Key}`);
  }
}

function toFailure({
  Status,
  Input = '{}',
  Error: error = Status,
  Cause = '',
}: z.infer<typeof failed>): Failure {
  const article = nameOf(Input);
  if (error !== 'States.TaskFailed') return { article, error, cause: Cause };
  // The execution of suggest-tags failed: its description is the cause, cut off where it is long.
  const field = (name: string) => new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(Cause)?.[1];
  const read = (name: string) => JSON.parse(field(name) ?? '""') as string;
  return {
    article,
    error: read('Error') || read('Status') || error,
    cause: read('Cause') || Cause.slice(0, 500),
  };
}

function nameOf(input: string): string {
  const named = z.object({
    detail: z.object({ data: z.object({ articleId: z.unknown(), revision: z.unknown() }) }),
  });
  const { data } = named.safeParse(JSON.parse(input));
  const { articleId, revision } = data?.detail.data ?? {};
  return articleId === undefined ? `line ${input.slice(0, 80)}` : `${articleId} (revision ${revision})`;
}

import { createReadStream, type Stats, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import { MAX_BODY_BYTES, MAX_TITLE_CHARACTERS } from '../functions/contracts/limits.ts';
import { tagKey } from '../functions/keywords/tag-key.ts';
import { describeIssues } from '../functions/shared/accept-article.ts';
import { UsageError } from './command.ts';
import { listMarkdown, readMarkdown } from './markdown-folder.ts';

const body = z
  .string()
  .min(1)
  .refine(
    (text) => Buffer.byteLength(text) <= MAX_BODY_BYTES,
    `must be at most ${MAX_BODY_BYTES} bytes of UTF-8`,
  );

/** One tagged article of a blog, as `eval` and `fit` read it. */
export const taggedArticle = z.object({
  id: z.string().min(1),
  title: z.string().min(1).max(MAX_TITLE_CHARACTERS),
  body,
  tags: z.array(z.string().refine((tag) => tagKey(tag) !== '', 'must not be empty')).min(1),
  source: z.string().optional().describe('The author: figures are resampled and left out by it'),
  authorId: z.string().optional().describe('The author where there is no source'),
  lang: z.string().default('ja'),
  date: z.string().optional().describe('When it was published'),
});
export type TaggedArticle = Omit<z.infer<typeof taggedArticle>, 'authorId' | 'source'> & { source: string };

export interface ArticleOptions {
  lang?: string | undefined;
}

/** Told how reading goes on. */
export interface ReadingEvents {
  /** A row or file that was skipped, as `file:line: why`. @default written to standard error */
  onSkipped?: (what: string) => void;
  /** So many bytes more of the files have been read. */
  onBytes?: (count: number) => void;
}

const REPORT: Required<ReadingEvents> = { onSkipped: (what) => console.error(what), onBytes: () => {} };

/** Bytes that reading the paths will report, for a progress bar. */
export async function bytesOf(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    const stats = statOf(path);
    if (stats.isFile()) bytes += stats.size;
    else for (const file of await listMarkdown(path)) bytes += statSync(file).size;
  }
  return bytes;
}

/**
 * Reads the tagged articles of several files or folders. Bad rows and files are reported by file and line, and skipped.
 *
 * @throws UsageError when a path is missing or no row is good
 */
export async function* readPaths(
  paths: readonly string[],
  { lang, ...events }: ArticleOptions & ReadingEvents = {},
): AsyncGenerator<TaggedArticle> {
  let good = 0;
  let otherLanguage = 0;
  for (const path of paths) {
    for await (const article of readArticles(path, events)) {
      if (lang !== undefined && article.lang !== lang) {
        otherLanguage += 1;
        continue;
      }
      good += 1;
      yield article;
    }
  }
  if (good > 0) return;
  const where = paths.join(', ');
  throw new UsageError(
    otherLanguage > 0
      ? `no article in ${where} is in ${lang}; ${otherLanguage} are not`
      : `no good row in ${where}`,
  );
}

/**
 * Reads one path, an article at a time: JSON Lines (gzip too), or a folder of Markdown with front matter. What is bad
 * is reported and skipped.
 *
 * @throws UsageError when the path is missing or cannot be read
 */
export async function* readArticles(path: string, events: ReadingEvents = {}): AsyncGenerator<TaggedArticle> {
  const { onSkipped, onBytes } = { ...REPORT, ...events };
  const rows = statOf(path).isDirectory() ? readFolder(path, onBytes) : readJsonLines(path, onBytes);
  for await (const { where, value, problem } of rows) {
    const parsed = problem === undefined ? taggedArticle.safeParse(value) : undefined;
    if (parsed?.success) yield withSource(parsed.data);
    else onSkipped(`${where}: skipped: ${problem ?? describeIssues(parsed!.error)}`);
  }
}

function withSource({ source, authorId, ...article }: z.infer<typeof taggedArticle>): TaggedArticle {
  return { ...article, source: source ?? authorId ?? 'unknown' };
}

/** A row as it was found: a value that is still to be judged, or what is wrong with it. */
interface Row {
  /** `file:line` */
  where: string;
  value?: unknown;
  problem?: string;
}

async function* readJsonLines(path: string, onBytes: (count: number) => void): AsyncGenerator<Row> {
  const bytes = createReadStream(path).on('data', (chunk) => onBytes(chunk.length));
  const text = path.endsWith('.gz') ? createGunzip() : undefined;
  const input = text ?? bytes;
  // readline does not pass errors on: they are thrown when the lines before them have been read.
  let failure: Error | undefined;
  const reading = (text ? pipeline(bytes, text) : Promise.resolve()).catch((error: Error) => {
    failure = error;
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let line = 0;
  try {
    for await (const row of lines) {
      line += 1;
      if (row.trim() !== '') yield { where: `${path}:${line}`, ...parseJson(row) };
    }
  } catch (error) {
    failure ??= error as Error;
  } finally {
    lines.close();
    bytes.destroy();
  }
  await reading;
  if (failure)
    throw new UsageError(`${path}:${line + 1}: cannot be read: ${failure.message}`, { cause: failure });
}

function parseJson(row: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(row.replace(/^\uFEFF/, '')) };
  } catch (error) {
    return { problem: `not JSON: ${(error as Error).message}` };
  }
}

async function* readFolder(folder: string, onBytes: (count: number) => void): AsyncGenerator<Row> {
  for (const file of await listMarkdown(folder)) {
    onBytes(statSync(file).size);
    const read = readMarkdown(file, folder);
    yield 'problem' in read
      ? { ...read, where: `${file}:${read.line}` }
      : { where: `${file}:1`, value: read };
  }
}

function statOf(path: string): Stats {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`${path}: no such file or folder`);
  return stats;
}

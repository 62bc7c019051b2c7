import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import { describeIssues } from '../functions/shared/accept-article.ts';
import { UsageError } from './command.ts';

/** One tagged article of a blog, as `eval` and `fit` read it from JSON Lines. */
export const taggedArticle = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  body: z.string().min(1),
  tags: z.array(z.string().min(1)).min(1),
  source: z.string().default('unknown').describe('The author: figures are resampled and left out by it'),
  lang: z.string().default('ja'),
  date: z.string().optional(),
});
export type TaggedArticle = z.infer<typeof taggedArticle>;

export interface ArticleOptions {
  lang?: string | undefined;
}

/**
 * Reads the tagged articles of several files. Bad rows are reported on standard error by file and line, and skipped.
 *
 * @throws UsageError when a file is missing or no row is good
 */
export async function* readPaths(
  paths: readonly string[],
  { lang }: ArticleOptions = {},
): AsyncGenerator<TaggedArticle> {
  let good = 0;
  for (const path of paths) {
    for await (const article of readArticles(path)) {
      if (lang !== undefined && article.lang !== lang) continue;
      good += 1;
      yield article;
    }
  }
  if (good === 0) throw new UsageError(`no good row in ${paths.join(', ')}`);
}

/** Reads JSON Lines, gzip too, a row at a time; bad rows are reported and skipped. */
export async function* readArticles(path: string): AsyncGenerator<TaggedArticle> {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file`);
  const bytes = createReadStream(path);
  const input = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  let line = 0;
  for await (const row of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (row.trim() === '') continue;
    const article = parseRow(row);
    if (typeof article === 'string') console.error(`${path}:${line}: skipped: ${article}`);
    else yield article;
  }
}

function parseRow(row: string): TaggedArticle | string {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const parsed = taggedArticle.safeParse(value);
  return parsed.success ? parsed.data : describeIssues(parsed.error);
}

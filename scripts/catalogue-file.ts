import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import * as z from 'zod';
import { MAX_LABEL_BYTES } from '../functions/contracts/limits.ts';
import type { StoredTag } from '../functions/keywords/opensearch/percolation.ts';
import { tagKey } from '../functions/keywords/tag-key.ts';
import { describeIssues } from '../functions/shared/accept-article.ts';
import { UsageError } from './command.ts';

type Format = 'tsv' | 'csv' | 'jsonl';

/** Columns of TSV and CSV, and fields of JSON Lines; only the label must be there. */
const COLUMNS = [
  'label',
  'aliases',
  'authors',
  'articles',
  'mentions',
  'tagged_when_mentioned',
  'blocked',
  'counted',
] as const;

/** Shown of a file with many bad lines. */
const MOST_PROBLEMS = 20;

const spelling = z
  .string()
  .trim()
  .refine((s) => s !== '' && tagKey(s) !== '', 'must not be empty')
  .refine((s) => Buffer.byteLength(s) <= MAX_LABEL_BYTES, `must be at most ${MAX_LABEL_BYTES} bytes of UTF-8`)
  .refine((s) => !/[\p{Cc}|]/u.test(s), 'must contain neither | nor control characters');
const count = z
  .preprocess(
    (value) => (value === '' || value === undefined ? 0 : value),
    z.coerce.number('must be a whole number'),
  )
  .pipe(
    z
      .int('must be a whole number')
      .min(0)
      .max(2 ** 31 - 1),
  );
const flag = z
  .union(
    [z.boolean(), z.enum(['', 'true', 'false']).transform((word) => word === 'true')],
    'must be true or false',
  )
  .default(false);
const aliases = z
  .preprocess(
    (value) => (typeof value === 'string' ? value.split('|').filter(Boolean) : value),
    z.array(spelling),
  )
  .default([]);

/** What a recount added: authors, articles, mentions, tagged when mentioned. */
const counted = z
  .preprocess(
    (value) => (value === '' ? undefined : typeof value === 'string' ? value.split('|') : value),
    z.tuple([count, count, count, count], 'must be four whole numbers').optional(),
  )
  .optional();

const row = z
  .object({
    label: spelling,
    aliases,
    authors: count,
    articles: count,
    mentions: count,
    tagged_when_mentioned: count,
    blocked: flag,
    counted,
  })
  .refine(({ mentions, tagged_when_mentioned }) => tagged_when_mentioned <= mentions, {
    message: 'must be at most mentions',
    path: ['tagged_when_mentioned'],
  })
  .refine(
    ({ authors, articles, mentions, tagged_when_mentioned, counted: [a, b, c, d] = [0, 0, 0, 0] }) =>
      a <= authors && b <= articles && c <= mentions && d <= tagged_when_mentioned,
    { message: 'must be at most authors, articles, mentions and tagged_when_mentioned', path: ['counted'] },
  );

/** What is wrong with a tag's spelling; undefined when nothing is. */
export function problemOfSpelling(text: string): string | undefined {
  const parsed = spelling.safeParse(text);
  return parsed.success ? undefined : `${JSON.stringify(text)}: ${parsed.error.issues[0]?.message}`;
}

/**
 * Judges a catalogue file to its last line.
 *
 * @returns how many tags it has
 * @throws UsageError that names every bad line, the first twenty of them in words
 */
export async function countRows(file: string): Promise<number> {
  const lineOf = new Map<string, number>();
  const problems: string[] = [];
  let bad = 0;
  for await (const { line, tag, problem } of readRows(file)) {
    const first = tag && lineOf.get(tag.key);
    const what = first === undefined ? problem : `label: is the same tag as in line ${first}`;
    if (what !== undefined) {
      bad += 1;
      if (bad <= MOST_PROBLEMS) problems.push(`${file}:${line}: ${what}`);
    } else if (tag) lineOf.set(tag.key, line);
  }
  if (bad > MOST_PROBLEMS) problems.push(`… and ${bad - MOST_PROBLEMS} more`);
  if (bad > 0) throw new UsageError(`nothing was imported\n${problems.join('\n')}`);
  if (lineOf.size === 0) throw new UsageError(`${file}: has no tags`);
  return lineOf.size;
}

/**
 * Reads the tags of a catalogue file, one after the other.
 *
 * @throws UsageError at the first bad line
 */
export async function* readCatalogueFile(file: string): AsyncGenerator<StoredTag> {
  for await (const { line, tag, problem } of readRows(file)) {
    if (!tag) throw new UsageError(`${file}:${line}: ${problem}`);
    yield tag;
  }
}

interface Row {
  line: number;
  tag?: StoredTag;
  problem?: string;
}

async function* readRows(file: string): AsyncGenerator<Row> {
  const format = formatOf(file);
  if (!existsSync(file)) throw new UsageError(`${file}: no such file`);
  for await (const { line, value, problem } of format === 'jsonl'
    ? readJsonLines(file)
    : readTable(file, format)) {
    yield problem === undefined ? { line, ...judge(value) } : { line, problem };
  }
}

function judge(value: unknown): { tag: StoredTag } | { problem: string } {
  const parsed = row.safeParse(value);
  if (!parsed.success) return { problem: describeIssues(parsed.error) };
  const { tagged_when_mentioned: taggedWhenMentioned, counted: added, ...tag } = parsed.data;
  const stored = { key: tagKey(tag.label), ...tag, taggedWhenMentioned };
  if (!added) return { tag: stored };
  const [authors, articles, mentions, tagged] = added;
  return { tag: { ...stored, counted: { authors, articles, mentions, taggedWhenMentioned: tagged } } };
}

interface RawRow {
  line: number;
  value?: unknown;
  problem?: string;
}

async function* readJsonLines(file: string): AsyncGenerator<RawRow> {
  let line = 0;
  const input = createReadStream(file);
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      yield { line, value: JSON.parse(text) };
    } catch (error) {
      yield { line, problem: `not JSON: ${(error as Error).message}` };
    }
  }
}

async function* readTable(file: string, format: 'tsv' | 'csv'): AsyncGenerator<RawRow> {
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      delimiter: format === 'tsv' ? '\t' : ',',
      quote: format === 'tsv' ? null : '"',
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }),
  );
  let columns: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!columns) {
        columns = record;
        if (columns.includes('label')) continue;
        throw new UsageError(
          `${file}:1: the first line must name the columns: ${COLUMNS.join(', ')}; only label is needed`,
        );
      }
      const value = Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']));
      if (record.length === columns.length) yield { line: info.lines, value };
      else yield { line: info.lines, problem: `has ${record.length} columns, must have ${columns.length}` };
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}

/** Writes tags to a file that can be imported again. */
export async function writeCatalogueFile(
  file: string,
  tags: AsyncIterable<StoredTag>,
  onTag: () => void,
): Promise<void> {
  const write = WRITERS[formatOf(file)];
  async function* lines() {
    if (!file.endsWith('.jsonl'))
      yield `${write(Object.fromEntries(COLUMNS.map((column) => [column, column])))}\n`;
    for await (const { key: _, taggedWhenMentioned, counted: added, ...tag } of tags) {
      const four = added && [added.authors, added.articles, added.mentions, added.taggedWhenMentioned];
      yield `${write({ ...tag, tagged_when_mentioned: taggedWhenMentioned, counted: four })}\n`;
      onTag();
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
}

const cells = (tag: Record<string, unknown>) =>
  COLUMNS.map((column) => (Array.isArray(tag[column]) ? tag[column].join('|') : String(tag[column] ?? '')));

const WRITERS: Record<Format, (tag: Record<string, unknown>) => string> = {
  tsv: (tag) => cells(tag).join('\t'),
  csv: (tag) =>
    cells(tag)
      .map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(','),
  jsonl: (tag) => JSON.stringify(tag),
};

function formatOf(file: string): Format {
  const format = extname(file).slice(1).toLowerCase();
  if (format === 'tsv' || format === 'csv' || format === 'jsonl') return format;
  throw new UsageError(`${file}: must end in .tsv, .csv or .jsonl`);
}

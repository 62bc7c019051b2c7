import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UsageError } from './command.ts';

/** A sentence pair and how alike people found it. */
export interface Pair {
  readonly sentence1: string;
  readonly sentence2: string;
  readonly score: number;
}

/** A set of sentence pairs; `directions` holds more than one list when a figure is the mean over several. */
export interface Benchmark {
  readonly name: string;
  readonly languages: 'ja' | 'en' | 'en-ja';
  readonly directions: readonly (readonly Pair[])[];
}

const LANGUAGES = ['ja', 'en'] as const;

/**
 * Finds the sets of semantic textual similarity in a folder, or below it, by their names: `jsts-*.json` (JSON Lines),
 * `jsick-*.tsv` and `stsb-{en,ja}-*.csv`. Where STS-b is there in both languages, English is also set against
 * Japanese, both ways round.
 *
 * @throws UsageError when there is none, or a file is not what its name says
 */
export function readBenchmarks(folder: string): Benchmark[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = new Map(files.map((file) => [basename(file), join(folder, file)]));
  const names = [...paths.keys()].sort();
  const splitsOf = (pattern: RegExp) => names.flatMap((name) => pattern.exec(name)?.[1] ?? []);
  const read = (name: string, parser: (content: string) => Pair[]) => parsePairs(paths.get(name)!, parser);

  const benchmarks: Benchmark[] = [
    ...splitsOf(/^jsts-(.+)\.json$/).map((split) =>
      monolingual(`JSTS ${split}`, 'ja', read(`jsts-${split}.json`, parseJsts)),
    ),
    ...splitsOf(/^jsick-(.+)\.tsv$/).map((split) =>
      monolingual(`JSICK ${split}`, 'ja', read(`jsick-${split}.tsv`, parseJsick)),
    ),
  ];
  for (const split of new Set(splitsOf(/^stsb-(?:en|ja)-(.+)\.csv$/))) {
    const [japanese, english] = LANGUAGES.map((language) => {
      const name = `stsb-${language}-${split}.csv`;
      return names.includes(name) ? read(name, parseStsb) : undefined;
    });
    if (english) benchmarks.push(monolingual(`STS-b ${split}`, 'en', english));
    if (japanese) benchmarks.push(monolingual(`STS-b ${split}`, 'ja', japanese));
    if (english && japanese) benchmarks.push(mixed(`STS-b ${split}`, english, japanese));
  }
  if (benchmarks.length === 0) {
    throw new UsageError(`no jsts-*.json, jsick-*.tsv or stsb-{en,ja}-*.csv in ${folder}`);
  }
  return benchmarks;
}

function monolingual(name: string, languages: 'ja' | 'en', pairs: readonly Pair[]): Benchmark {
  return { name, languages, directions: [pairs] };
}

function mixed(name: string, english: readonly Pair[], japanese: readonly Pair[]): Benchmark {
  if (english.length !== japanese.length) {
    throw new UsageError(
      `${name} has ${english.length} pairs in English and ${japanese.length} in Japanese; they have to be the same pairs`,
    );
  }
  const across = (first: readonly Pair[], second: readonly Pair[]) =>
    first.map(({ sentence1, score }, i) => ({ sentence1, sentence2: second[i]!.sentence2, score }));
  return { name, languages: 'en-ja', directions: [across(english, japanese), across(japanese, english)] };
}

function parsePairs(path: string, parser: (content: string) => Pair[]): Pair[] {
  let pairs: Pair[];
  try {
    pairs = parser(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${path}: ${(cause as Error).message}`, { cause });
  }
  if (pairs.length === 0) throw new UsageError(`${path} has no sentence pairs`);
  pairs.forEach(({ sentence1, sentence2, score }, i) => {
    if (typeof sentence1 !== 'string' || typeof sentence2 !== 'string' || !Number.isFinite(score)) {
      throw new UsageError(`${path}: pair ${i + 1} needs two sentences and a score`);
    }
  });
  return pairs;
}

function parseJsts(content: string): Pair[] {
  return content
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { sentence1, sentence2, label } = JSON.parse(line);
      return { sentence1, sentence2, score: Number(label) };
    });
}

function parseJsick(content: string): Pair[] {
  const rows: Record<string, string>[] = parse(content, {
    columns: true,
    delimiter: '\t',
    quote: false,
    bom: true,
  });
  return rows.map((row) => ({
    sentence1: row.sentence_A_Ja!,
    sentence2: row.sentence_B_Ja!,
    score: Number.parseFloat(row.relatedness_score_Ja!),
  }));
}

function parseStsb(content: string): Pair[] {
  const rows: string[][] = parse(content, { bom: true, skip_empty_lines: true });
  return rows.map(([sentence1, sentence2, score]) => ({
    sentence1: sentence1!,
    sentence2: sentence2!,
    score: Number.parseFloat(score!),
  }));
}

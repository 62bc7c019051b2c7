import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prior } from '../contracts/candidate.ts';
import { tagKey } from './tag-key.ts';

/** A tag that a platform knows. */
export interface CatalogueTag {
  key: string;
  label: string;
  /** Other spellings that mean it and are not reached by the key alone (`k8s` for kubernetes). */
  aliases: string[];
  prior: Prior;
}

/** The tags that a platform knows, found by any of their spellings, and in how many articles a term occurs. */
export class Catalogue {
  readonly version: string;
  /** Articles behind the document frequencies. */
  readonly documents: number;
  readonly #byKey = new Map<string, CatalogueTag>();
  readonly #tags: CatalogueTag[];
  readonly #documentFrequency: ReadonlyMap<string, number>;

  constructor(options: {
    version: string;
    tags: CatalogueTag[];
    documents: number;
    documentFrequency: ReadonlyMap<string, number>;
  }) {
    this.version = options.version;
    this.documents = options.documents;
    this.#tags = options.tags;
    this.#documentFrequency = options.documentFrequency;
    for (const tag of options.tags) for (const alias of tag.aliases) this.#byKey.set(tagKey(alias), tag);
    // A tag's own key wins over another tag's alias.
    for (const tag of options.tags) this.#byKey.set(tag.key, tag);
  }

  get tags(): readonly CatalogueTag[] {
    return this.#tags;
  }

  /** The tag that a key, or the key of one of its aliases, stands for. */
  find(key: string): CatalogueTag | undefined {
    return this.#byKey.get(key);
  }

  /** Terms that are common enough to be counted, and in how many articles each is. */
  get terms(): Iterable<readonly [key: string, documents: number]> {
    return this.#documentFrequency;
  }

  /** Articles that contain the term; 0 for terms too rare to be counted. */
  documentFrequency(key: string): number {
    return this.#documentFrequency.get(key) ?? 0;
  }
}

/** The catalogue that ships with the project. */
export const SHIPPED_CATALOGUE = join(import.meta.dirname, 'catalogue');

/**
 * Reads a catalogue folder: `catalogue.json` {version, documents}, `tags.tsv`, `terms.tsv`.
 *
 * @throws Error naming file and line when a count is no number or a column is missing
 */
export function loadCatalogue(folder: string = SHIPPED_CATALOGUE): Catalogue {
  const { version, documents } = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8'));
  const tags = readTsv(join(folder, 'tags.tsv'), 7, ([key, label, aliases, ...counts], count) => ({
    key: key!,
    label: label!,
    aliases: aliases ? aliases.split('|') : [],
    prior: {
      authors: count(counts[0]),
      articles: count(counts[1]),
      mentions: count(counts[2]),
      taggedWhenMentioned: count(counts[3]),
    },
  }));
  const terms = readTsv(
    join(folder, 'terms.tsv'),
    2,
    ([key, frequency], count) => [key!, count(frequency)] as const,
  );
  return new Catalogue({ version, documents, tags, documentFrequency: new Map(terms) });
}

function readTsv<T>(
  file: string,
  columns: number,
  row: (cells: string[], count: (cell: string | undefined) => number) => T,
): T[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line, index) => {
    const cells = line.split('\t');
    const fail = (what: string) => new Error(`${file}:${index + 2}: ${what}: ${JSON.stringify(line)}`);
    if (cells.length !== columns) throw fail(`has ${cells.length} columns, must have ${columns}`);
    return row(cells, (cell) => {
      const value = Number(cell);
      if (!Number.isInteger(value) || value < 0) throw fail(`${cell} is no count`);
      return value;
    });
  });
}

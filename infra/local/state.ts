import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { keptTags } from '../../functions/contracts/article-tagged.ts';
import { type HistoryDocuments, MemoryHistory } from '../../functions/history/memory-store.ts';
import type { Forget, RememberedArticle, Stored } from '../../functions/history/store.ts';
import { UsageError } from '../../scripts/command.ts';

const documents = z.object({
  articles: z.array(
    z.object({
      articleId: z.string(),
      revision: z.int().min(0),
      authorId: z.string(),
      title: z.string(),
      keys: z.array(z.string()),
      publishedAt: z.iso.datetime({ offset: true }),
    }),
  ),
  kept: z.array(keptTags),
  forgotten: z.record(z.string(), z.number()),
});

/** What authors kept, in one file of a folder: `history.json`. */
export class FileHistory extends MemoryHistory {
  readonly #file: string;
  /** Set while changes are to be written together: whether there were any. */
  #together: { changed: boolean } | undefined;

  private constructor(file: string, initial?: HistoryDocuments) {
    super(initial);
    this.#file = file;
  }

  /**
   * Opens the folder, and makes it where there is none.
   *
   * @throws UsageError when it is no folder or cannot be written to, or the file in it is not what this class writes
   */
  static open(folder: string): FileHistory {
    const file = join(folder, 'history.json');
    makeWritable(folder);
    try {
      return new FileHistory(file, documents.parse(JSON.parse(readFileSync(file, 'utf8'))));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new FileHistory(file);
      const what = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
      throw new UsageError(`${file}: is no history of authors: ${what}`, { cause });
    }
  }

  override async record(kept: Parameters<MemoryHistory['record']>[0]): Promise<Stored> {
    return this.#saved(await super.record(kept));
  }

  override async remember(article: RememberedArticle): Promise<Stored> {
    return this.#saved(await super.remember(article));
  }

  override async forget(what: Forget, at?: Date): Promise<number> {
    return this.#saved(await super.forget(what, at));
  }

  /** Runs what changes the store several times and writes its file once, after the last, also when that fails. */
  async asOneChange<T>(work: () => Promise<T>): Promise<T> {
    const together = { changed: false };
    this.#together = together;
    try {
      return await work();
    } finally {
      this.#together = undefined;
      if (together.changed) this.#write();
    }
  }

  #saved<T>(result: T): T {
    if (this.#together) this.#together.changed = true;
    else this.#write();
    return result;
  }

  /** Beside the old file and then in its place, so that there is always a whole one. */
  #write(): void {
    const unfinished = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(unfinished, `${JSON.stringify(this.documents())}\n`);
    renameSync(unfinished, this.#file);
  }
}

/** {@link FileHistory.asOneChange} where the store is kept in a file. */
export function asOneChange<T>(store: MemoryHistory, work: () => Promise<T>): Promise<T> {
  return store instanceof FileHistory ? store.asOneChange(work) : work();
}

/** Permissions alone do not tell: a file is written on trial. */
function makeWritable(folder: string): void {
  const trial = join(folder, `trial.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(trial, '');
    rmSync(trial);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === 'EEXIST' ? 'must be a folder' : `cannot be written to: ${message}`;
    throw new UsageError(`${folder}: ${problem}`, { cause });
  }
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

  private constructor(file: string, initial?: HistoryDocuments) {
    super(initial);
    this.#file = file;
  }

  /**
   * Opens the folder, and makes it where there is none.
   *
   * @throws UsageError when it is no folder, or the file in it is not what this class writes
   */
  static open(folder: string): FileHistory {
    const file = join(folder, 'history.json');
    try {
      mkdirSync(folder, { recursive: true });
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

  /** Beside the old file and then in its place, so that there is always a whole one. */
  #saved<T>(result: T): T {
    const unfinished = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(unfinished, `${JSON.stringify(this.documents())}\n`);
    renameSync(unfinished, this.#file);
    return result;
  }
}

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import type { TaggedArticle } from '../articles.ts';
import type { Measured } from '../measure.ts';
import type { Explanation } from './explanation.ts';
import type { Outcome } from './outcome.ts';
import type { MadeWith, Settings } from './settings.ts';
import type { ExplainTask, MeasureTask, Task } from './worker.ts';

/** Articles that wait for a worker thread, for each of them: enough to keep it busy, few enough to hold. */
const WAITING = 4;

/** Worker threads that run the product's path; results come in the order of the articles, so that sums repeat. */
export class EvaluationPool {
  readonly #pool: Piscina;
  readonly #inFlight: number;

  /** @param threads as many as the machine has cores, unless told otherwise */
  constructor(settings: Settings, threads: number = availableParallelism()) {
    this.#pool = new Piscina({
      filename: join(import.meta.dirname, 'worker.ts'),
      workerData: settings,
      // A worker takes seconds to load its dictionary and model, so none is ended while the evaluation lasts.
      minThreads: threads,
      maxThreads: threads,
    });
    this.#inFlight = threads * WAITING;
  }

  /** @throws UsageError and errors of the model, before any article is read */
  describe(): Promise<MadeWith> {
    return this.#pool.run(undefined, { name: 'describe' });
  }

  /** Judges articles by the shipped fit. */
  judge(articles: AsyncIterable<TaggedArticle>): AsyncGenerator<Outcome> {
    return mapInOrder(
      articles,
      (article, index) => this.#run<Task, Outcome>('judgeArticle', { article, index }),
      this.#inFlight,
    );
  }

  /** Measures articles, to be judged later. */
  measure(articles: AsyncIterable<TaggedArticle>, engine?: MeasureTask['engine']): AsyncGenerator<Measured> {
    return mapInOrder(
      articles,
      (article) => this.#run<MeasureTask, Measured>('measure', { article, ...(engine && { engine }) }),
      this.#inFlight,
    );
  }

  explain(task: ExplainTask): Promise<Explanation> {
    return this.#run('explain', task);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #run<T extends { article: TaggedArticle }, R>(name: string, task: T): Promise<R> {
    try {
      return await this.#pool.run(task, { name });
    } catch (cause) {
      const { id, source } = task.article;
      throw new Error(`article ${id} of ${source}: ${(cause as Error).message}`, { cause });
    }
  }
}

/**
 * Maps items with so many calls under way, and yields the results in the items' order.
 *
 * @throws the first error of `map`, in that order
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  map: (item: T, index: number) => Promise<R>,
  inFlight: number,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  let index = 0;
  for await (const item of items) {
    const result = map(item, index);
    // An error is met when its turn comes, not before.
    result.catch(() => {});
    pending.push(result);
    index += 1;
    if (pending.length >= inFlight) yield await pending.shift()!;
  }
  for (const result of pending) yield await result;
}

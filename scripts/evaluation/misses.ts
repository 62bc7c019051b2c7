import type { Miss } from './outcome.ts';

const MOST = 50;
const MOST_OF_A_SOURCE = 10;

/**
 * Keeps the misses that teach most: where the candidates had a much better choice, and, among equals, where wrong tags
 * scored highest; at most ten of one author, so that all are heard.
 */
export class InstructiveMisses {
  readonly #misses: Miss[] = [];

  add(miss: Miss): void {
    if (miss.regret <= 0) return;
    this.#misses.push(miss);
    this.#misses.sort(moreInstructive);
    const own = this.#misses.filter(({ source }) => source === miss.source);
    if (own.length > MOST_OF_A_SOURCE) this.#misses.splice(this.#misses.indexOf(own.at(-1)!), 1);
    if (this.#misses.length > MOST) this.#misses.pop();
  }

  list(): readonly Miss[] {
    return this.#misses;
  }
}

function moreInstructive(a: Miss, b: Miss): number {
  return b.regret - a.regret || wrongScore(b) - wrongScore(a) || a.index - b.index;
}

function wrongScore({ suggested }: Miss): number {
  return suggested.reduce((sum, { right, score }) => sum + (right ? 0 : score), 0);
}

import type { Trie } from './trie.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a character costs that no token covers, below the least likely token: fixed in Hugging Face `tokenizers`. */
const UNKNOWN_PENALTY = 10;

/**
 * The Unigram model of Hugging Face `tokenizers`: of all ways to cut a piece of text into tokens, the one with
 * the highest sum of log-probabilities (Viterbi). Linear in the length of the piece, because from each character
 * the trie is followed no further than the longest token.
 *
 * Equal to the original in what a reader would not guess: a later path has to be strictly better to win, sums
 * are float64 and added from left to right, and neighbouring unknown characters become one unknown token.
 */
export class Unigram {
  readonly #trie: Trie;
  readonly #scores: Float64Array;
  readonly #unknownId: number;
  readonly #unknownScore: number;
  // One entry for each position between code units; kept from call to call because most pieces are short.
  #bestScore = new Float64Array(64);
  #bestStart = new Int32Array(64);
  #bestId = new Int32Array(64);

  constructor({ trie, scores, leastScore, unknownId }: Vocabulary) {
    this.#trie = trie;
    this.#scores = scores;
    this.#unknownId = unknownId;
    this.#unknownScore = leastScore - UNKNOWN_PENALTY;
  }

  /**
   * @param piece well-formed text
   * @returns ids of the tokens, in order
   */
  encode(piece: string): number[] {
    this.#findBestPath(piece);
    const unknown = this.#unknownId;
    const ids: number[] = [];
    for (let end = piece.length; end > 0; end = this.#bestStart[end]!) {
      const id = this.#bestId[end]!;
      if (id !== unknown || ids.at(-1) !== unknown) ids.push(id);
    }
    return ids.reverse();
  }

  #findBestPath(piece: string): void {
    const { length } = piece;
    this.#makeRoom(length + 1);
    const trie = this.#trie;
    const scores = this.#scores;
    const bestScore = this.#bestScore;
    const bestStart = this.#bestStart;
    const bestId = this.#bestId;
    bestStart.fill(-1, 0, length + 1);
    bestScore[0] = 0;

    for (let start = 0; start < length; ) {
      const next = start + (isHighSurrogate(piece.charCodeAt(start)) ? 2 : 1);
      const scoreSoFar = bestScore[start]!;
      let node = 0;
      let characterIsToken = false;
      for (let end = start; end < length; ) {
        node = trie.child(node, piece.charCodeAt(end++));
        if (node === 0) break;
        const id = trie.value(node);
        if (id < 0) continue;
        const score = scores[id]! + scoreSoFar;
        if (bestStart[end]! < 0 || score > bestScore[end]!) {
          bestScore[end] = score;
          bestStart[end] = start;
          bestId[end] = id;
        }
        if (end === next) characterIsToken = true;
      }
      if (!characterIsToken) {
        const score = this.#unknownScore + scoreSoFar;
        if (bestStart[next]! < 0 || score > bestScore[next]!) {
          bestScore[next] = score;
          bestStart[next] = start;
          bestId[next] = this.#unknownId;
        }
      }
      start = next;
    }
  }

  #makeRoom(positions: number): void {
    if (positions <= this.#bestScore.length) return;
    this.#bestScore = new Float64Array(positions * 2);
    this.#bestStart = new Int32Array(positions * 2);
    this.#bestId = new Int32Array(positions * 2);
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

import { Normalizer } from './normalizer.ts';
import { Split } from './split.ts';
import { Unigram } from './unigram.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Longer pieces seldom come again. V8 also makes longer substrings share memory with the text they were cut
 * from, and a remembered one would keep that text alive.
 */
const LONGEST_REMEMBERED_PIECE = 12;

/** Two generations of this many pieces are kept: about 2 MB. */
const PIECES_A_GENERATION = 8192;

/**
 * Turns text into token ids equal to those of Hugging Face `tokenizers` with the normalizer [NFKC, Lowercase],
 * the pre-tokenizer Split and the model Unigram.
 */
export class Tokenizer {
  readonly #normalizer = new Normalizer();
  readonly #split: Split;
  readonly #unigram: Unigram;
  #remembered = new Map<string, readonly number[]>();
  #rememberedBefore = new Map<string, readonly number[]>();

  constructor(split: Split, unigram: Unigram) {
    this.#split = split;
    this.#unigram = unigram;
  }

  /**
   * @param text any string
   * @returns token ids in order, unknown ones included; time is linear in the length of the text
   */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const piece of this.#split.split(this.#normalizer.normalize(text))) {
      for (const id of this.#encodePiece(piece)) ids.push(id);
    }
    return ids;
  }

  #encodePiece(piece: string): readonly number[] {
    if (piece.length > LONGEST_REMEMBERED_PIECE) return this.#unigram.encode(piece);
    const known = this.#remembered.get(piece);
    if (known !== undefined) return known;
    const ids = this.#rememberedBefore.get(piece) ?? this.#unigram.encode(piece);
    if (this.#remembered.size >= PIECES_A_GENERATION) {
      this.#rememberedBefore = this.#remembered;
      this.#remembered = new Map();
    }
    this.#remembered.set(piece, ids);
    return ids;
  }
}

/**
 * @param vocabulary what `vocab.txt` holds
 * @param pattern regular expression whose matches are the pieces, in JavaScript's spelling
 * @throws ModelCorrupt when the pattern cannot be used
 */
export function createTokenizer(vocabulary: Vocabulary, pattern: string): Tokenizer {
  return new Tokenizer(new Split(pattern), new Unigram(vocabulary));
}

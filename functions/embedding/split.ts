import { ModelCorruptError } from './errors.ts';
import { characterClass, UNASSIGNED_IN_PATTERNS } from './unicode.ts';

const UNASSIGNED = new RegExp(characterClass(UNASSIGNED_IN_PATTERNS), 'gu');
// Noncharacters: they are and stay unassigned in every version of Unicode.
const UNASSIGNED_UNIT = '\ufdd0';
const UNASSIGNED_PAIR = '\u{1fffe}';

/**
 * The pre-tokenizer Split of Hugging Face `tokenizers` with the behaviour "removed", inverted: the matches of a
 * regular expression are the pieces, everything between them is dropped.
 */
export class Split {
  readonly #pattern: RegExp;

  /**
   * @param pattern source of the regular expression, for the `u` flag
   * @throws ModelCorruptError when it is not a regular expression, or matches nothing at all
   */
  constructor(pattern: string) {
    try {
      this.#pattern = new RegExp(pattern, 'gu');
    } catch (cause) {
      throw new ModelCorruptError(
        `tokenizer.pattern in metadata.json is not a regular expression: ${pattern}`,
        { cause },
      );
    }
    if ((''.match(this.#pattern) ?? []).length > 0) {
      throw new ModelCorruptError(`tokenizer.pattern in metadata.json matches the empty string: ${pattern}`);
    }
  }

  /** The pieces of a normalised text, in order. */
  split(text: string): string[] {
    if (text.search(UNASSIGNED) >= 0) return this.#splitAround(text);
    return text.match(this.#pattern) ?? [];
  }

  /** Matches on a copy of the same length in which younger characters are unassigned, and cuts the text there. */
  #splitAround(text: string): string[] {
    const copy = text.replace(UNASSIGNED, (character) =>
      character.length === 1 ? UNASSIGNED_UNIT : UNASSIGNED_PAIR,
    );
    return Array.from(copy.matchAll(this.#pattern), ({ 0: piece, index }) =>
      text.slice(index, index + piece.length),
    );
  }
}

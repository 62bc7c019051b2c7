import { ModelCorrupt } from './errors.ts';
import { characterClass, UNASSIGNED_IN_PATTERNS } from './unicode.ts';

// After an even number of backslashes, a backslash is not itself escaped.
const PROPERTY = /(?<=(?<!\\)(?:\\\\)*)\\([pP])\{[^}]*\}/g;
const YOUNGER = characterClass(UNASSIGNED_IN_PATTERNS);

/**
 * The pre-tokenizer Split of Hugging Face `tokenizers` with the behaviour "removed", inverted: the matches of a
 * regular expression are the pieces, everything between them is dropped.
 */
export class Split {
  readonly #pattern: RegExp;

  /**
   * @param pattern source of the regular expression; for the `v` flag when it has property escapes such as
   * `\p{Script=Han}`, otherwise for the `u` flag
   * @throws ModelCorrupt when it is not a regular expression, or matches the empty string
   */
  constructor(pattern: string) {
    try {
      this.#pattern = compile(pattern);
    } catch (cause) {
      throw new ModelCorrupt(`tokenizer.pattern in metadata.json is not a regular expression: ${pattern}`, {
        cause,
      });
    }
    if (''.match(this.#pattern) !== null) {
      throw new ModelCorrupt(`tokenizer.pattern in metadata.json matches the empty string: ${pattern}`);
    }
  }

  /** The pieces of a normalised text, in order. */
  split(text: string): string[] {
    return text.match(this.#pattern) ?? [];
  }
}

/** Takes the characters that the reference's tables lack out of what properties match; ranges are left alone. */
function compile(pattern: string): RegExp {
  if (pattern.search(PROPERTY) < 0) return new RegExp(pattern, 'gu');
  const source = pattern.replace(PROPERTY, (property, kind) =>
    kind === 'p' ? `[${property}--${YOUNGER}]` : `[${property}${YOUNGER}]`,
  );
  return new RegExp(source, 'gv');
}

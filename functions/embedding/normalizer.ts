import { characterClass, UNTOUCHED_BY_NFKC } from './unicode.ts';

const NON_ASCII = /[^\0-\x7f]/;
const UNTOUCHED = new RegExp(`(${characterClass(UNTOUCHED_BY_NFKC)})`, 'u');

/**
 * The sequence [NFKC, Lowercase] of Hugging Face `tokenizers`.
 *
 * Lower-casing goes code point by code point there: a capital sigma becomes σ wherever it stands, where
 * JavaScript would write ς at the end of a word. An unpaired surrogate, which cannot occur in the original,
 * becomes U+FFFD.
 */
export class Normalizer {
  normalize(text: string): string {
    if (!NON_ASCII.test(text)) return text.toLowerCase();
    return nfkc(text.toWellFormed()).replaceAll('Σ', 'σ').toLowerCase();
  }
}

function nfkc(text: string): string {
  if (!UNTOUCHED.test(text)) return text.normalize('NFKC');
  // The separator is captured, so that odd positions hold the characters which end one segment and start the next.
  return text
    .split(UNTOUCHED)
    .map((segment, position) => (position % 2 === 0 ? segment.normalize('NFKC') : segment))
    .join('');
}

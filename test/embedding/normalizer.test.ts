import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Normalizer } from '../../functions/embedding/normalizer.ts';

const normalizer = new Normalizer();

describe('Normalizer', () => {
  it.each([
    ['nothing', '', ''],
    ['capitals', 'Next.js', 'next.js'],
    ['full width Latin', 'ＡＷＳ', 'aws'],
    ['half width katakana with its voicing mark', 'ｻｰﾊﾞｰ', 'サーバー'],
    ['a square word', '㍿', '株式会社'],
    ['a decomposed kana', 'か\u3099', 'が'],
    ['a capital sigma at the end of a word, which is lowered like any other', 'ΟΔΟΣ', 'οδοσ'],
    ['a dotted capital I, which becomes two characters', 'İstanbul', 'i\u0307stanbul'],
    ['the Kelvin sign', '300 \u212a', '300 k'],
    ['an unpaired surrogate, which cannot be a character', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['a surrogate pair', '𠮷野家', '𠮷野家'],
    ['the era name Reiwa, which Unicode 9 does not have', '㋿元年', '㋿元年'],
    ['the era name Heisei, which it has', '㍻元年', '平成元年'],
    ['marks around a character that Unicode 9 does not have', 'か\u{1e030}\u3099ｶ', 'か\u{1e030}\u3099カ'],
  ])('normalises %s', (_, text, expected) => {
    expect(normalizer.normalize(text)).toBe(expected);
  });

  it('takes any string and gives well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, plain) => {
        expect(normalizer.normalize(text + plain).isWellFormed()).toBe(true);
      }),
    );
  });
});

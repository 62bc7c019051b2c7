import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTexts } from '../../scripts/bench-texts.ts';
import { percentile } from '../../scripts/percentile.ts';

describe('percentile', () => {
  it.each([
    ['the middle', 0.5, 3],
    ['nearly the largest', 0.95, 5],
    ['the smallest', 0, 1],
    ['the largest', 1, 5],
  ])('finds %s', (_, share, expected) => {
    expect(percentile([4, 1, 5, 3, 2], share)).toBe(expected);
  });
});

describe('cutTexts', () => {
  const words = { tokenize: (text: string) => [...text.matchAll(/\S+/g)].map(({ index }) => index) };

  it('cuts texts of the given number of tokens, from articles of any length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'bc', '漢字', '𠮷'), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        (parts, tokens) => {
          const { texts } = cutTexts(words, `${parts.join(' ')}\n`, tokens, 5);

          expect(texts.map((text) => words.tokenize(text).length)).toEqual(Array(5).fill(tokens));
        },
      ),
    );
  });

  it('starts each at another place', () => {
    const { texts } = cutTexts(words, 'one two three four five six seven eight nine ten ', 3, 4);

    expect(new Set(texts).size).toBe(4);
  });
});

import { describe, expect, it } from 'vitest';
import { Normalizer } from '../../functions/embedding/normalizer.ts';
import { Split } from '../../functions/embedding/split.ts';
import { UNASSIGNED_IN_PATTERNS } from '../../functions/embedding/unicode.ts';

/** Runs of code points as hexadecimal numbers and ranges. */
function listed(codePoints: readonly number[]): string[] {
  const ranges: [first: number, last: number][] = [];
  for (const codePoint of codePoints) {
    const range = ranges.at(-1);
    if (range?.[1] === codePoint - 1) range[1] = codePoint;
    else ranges.push([codePoint, codePoint]);
  }
  return ranges.map(([first, last]) =>
    first === last ? first.toString(16) : `${first.toString(16)}-${last.toString(16)}`,
  );
}

// What is unassigned here has no properties that could differ, and private use never gets any.
const ASSIGNED = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter((codePoint) =>
  /[^\p{Cn}\p{Co}\p{Cs}]/u.test(String.fromCodePoint(codePoint)),
);

function codePointsWhere(condition: (character: string) => boolean): number[] {
  return ASSIGNED.filter((codePoint) => condition(String.fromCodePoint(codePoint)));
}

/*
 * The golden file holds what the original makes of each of these characters; the lists here say in one place for
 * which of them plain JavaScript would make something else.
 */
describe('where JavaScript and the original have different tables', () => {
  const normalizer = new Normalizer();
  const plain = (text: string) =>
    Array.from(text.normalize('NFKC'), (character) => character.toLowerCase()).join('');
  const differs = (text: string) => normalizer.normalize(text) !== plain(text);

  it('NFKC would decompose these characters', () => {
    expect(listed(codePointsWhere(differs)).join(' ')).toBe(
      '32ff a7f1-a7f4 ab69 10781-10785 10787-107b0 107b2-107ba 1ccd6-1ccf9 1e030-1e06d 1f16c 1fbf0-1fbf9',
    );
  });

  it('NFKC would move these characters past a combining mark', () => {
    expect(
      listed(codePointsWhere((c) => !differs(c) && (differs(`a\u0345${c}`) || differs(`a${c}\u0334`)))).join(
        ' ',
      ),
    ).toBe(
      '7fd 897-89f 8ca-8d3 9fe c3c d3b-d3c eba 1715 1abf-1add 1ae0-1aeb 1df6-1dfa a82c 10d24-10d27 10d69-10d6d ' +
        '10eab-10eac 10efa-10efb 10efd-10eff 10f46-10f50 10f82-10f85 11070 1133b 113ce-113d0 1145e 11839-1183a ' +
        '1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97 11f41-11f42 1612f 16ff0-16ff1 1e08f ' +
        '1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3 1e6e6 1e6ee-1e6ef 1e6f5',
    );
  });

  it('NFKC would compose these pairs', () => {
    const composed = codePointsWhere((c) => c.normalize('NFD') !== c && c.normalize('NFC') === c);
    const kept = composed.filter((codePoint) => {
      const parts = String.fromCodePoint(codePoint).normalize('NFD');
      return normalizer.normalize(parts) !== plain(parts);
    });

    expect(listed(kept).join(' ')).toBe(
      '105c9 105e4 11383 11385 1138e 11391 113c5 113c7-113c8 11938 16121-16128 16d68-16d6a',
    );
  });

  it('lower-casing a whole word would write these characters, all a sigma, in their final form at its end', () => {
    const capitals = codePointsWhere(
      (c) => normalizer.normalize(`a${c}`) !== `a${c}`.normalize('NFKC').toLowerCase(),
    );

    expect(listed(capitals.filter((c) => !differs(`a${String.fromCodePoint(c)}`))).join(' ')).toBe(
      '3a3 3f9 1d6ba 1d6f4 1d72e 1d768 1d7a2',
    );
  });

  it('properties in patterns would match these characters', () => {
    const assigned = new Split('\\p{Assigned}');

    const younger = codePointsWhere((c) => assigned.split(c).length === 0);

    expect(listed(younger).join(' ')).toBe(UNASSIGNED_IN_PATTERNS);
    expect(younger.length).toBe(4803);
  });
});

import { describe, expect, it } from 'vitest';
import { ModelCorrupt } from '../../functions/embedding/errors.ts';
import { Split } from '../../functions/embedding/split.ts';
import { PATTERN } from './model-folder.ts';

describe('Split', () => {
  it.each([
    ['nothing', '', []],
    ['only what the pattern drops', ' 。!? ', []],
    ['runs of one script', 'awsのラムダ関数を12個', ['aws', 'の', 'ラムダ', '関数', 'を', '12', '個']],
    ['characters outside the basic plane', '𠮷野家の𠮷', ['𠮷野家', 'の', '𠮷']],
    [
      'a letter younger than Unicode 16, which the pattern cannot know',
      'a\u{323b0}b漢\ua7ceb',
      ['a', 'b', '漢', 'b'],
    ],
  ])('splits %s', (_, text, pieces) => {
    expect(new Split(PATTERN).split(text)).toEqual(pieces);
  });

  it.each([
    ['in a range, as the original does', '[a\u{20000}-\u{33fff}]+', 'a\u{323b0}b', ['a\u{323b0}']],
    [
      'in a range beside a property',
      '[\\p{Script=Latin}\u{20000}-\u{33fff}]+',
      'a\u{323b0}\ua7ceb',
      ['a\u{323b0}', 'b'],
    ],
    ['in a negated class', '[^\\s]+', 'a\u{323b0} b\u20c1', ['a\u{323b0}', 'b\u20c1']],
    ['in a negated class of a property', '[^\\p{L}]+', 'a\u{323b0}b', ['\u{323b0}']],
    ['in a negated property', '\\P{L}+', 'a\u{323b0}b', ['\u{323b0}']],
  ])('matches a letter younger than Unicode 16 %s', (_, pattern, text, pieces) => {
    expect(new Split(pattern).split(text)).toEqual(pieces);
  });

  it('tells an escaped backslash before a p from a property', () => {
    expect(new Split('\\\\p{2}|[a\u{323b0}]').split('\\pp \u{323b0}')).toEqual(['\\pp', '\u{323b0}']);
  });

  it('gives the same pieces each time', () => {
    const split = new Split(PATTERN);

    expect([split.split('タグ提案'), split.split('タグ提案')]).toEqual([
      ['タグ', '提案'],
      ['タグ', '提案'],
    ]);
  });

  it.each([
    ['is not a regular expression', '[a'],
    ['matches the empty string', 'a*'],
  ])('refuses a pattern that %s', (_, pattern) => {
    expect(() => new Split(pattern)).toThrow(ModelCorrupt);
  });
});

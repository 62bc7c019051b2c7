import { describe, expect, it } from 'vitest';
import { VocabularyIncomplete } from '../../functions/embedding/errors.ts';
import { parseVocabulary } from '../../functions/embedding/vocabulary.ts';

describe('parseVocabulary', () => {
  it('reads tokens in the order of ids', () => {
    const { scores, leastScore, trie, unknownId } = parseVocabulary(
      '[UNK]\t0\na\t-1.5\nb\t-3e-2\n',
      3,
      '[UNK]',
    );

    expect([...scores]).toEqual([0, -1.5, -0.03]);
    expect({ leastScore, unknownId }).toEqual({ leastScore: -1.5, unknownId: 0 });
    expect(trie.value(trie.child(0, 'b'.charCodeAt(0)))).toBe(2);
  });

  it('keeps the unknown token out of what a text can spell', () => {
    const { trie } = parseVocabulary('u\t0\na\t-1\n', 2, 'u');

    expect(trie.child(0, 'u'.charCodeAt(0))).toBe(0);
  });

  it.each([
    ['is empty', '', 'has 0 of 3 tokens'],
    ['lacks a token', '[UNK]\t0\na\t-1\n', 'has 2 of 3 tokens'],
    ['has a token too many', '[UNK]\t0\na\t-1\nb\t-2\nc\t-3\n', 'more than 3 lines'],
    ['ends within a line', '[UNK]\t0\na\t-1\nb\t-2', 'ends in the middle of line 3'],
    ['lacks a tab', '[UNK]\t0\na -1\nb\t-2\n', 'on line 2, got "a -1"'],
    ['lacks a score', '[UNK]\t0\na\t\nb\t-2\n', 'on line 2'],
    ['lacks a token before the tab', '[UNK]\t0\n\t-1\nb\t-2\n', 'on line 2'],
    ['has a score that is no number', '[UNK]\t0\na\tlow\nb\t-2\n', 'on line 2'],
    ['has an infinite score', '[UNK]\t0\na\t-Infinity\nb\t-2\n', 'on line 2'],
    ['has a token twice', '[UNK]\t0\na\t-1\na\t-2\n', '"a"'],
    ['starts with another token', 'a\t0\nb\t-1\nc\t-2\n', 'the unknown token [UNK]'],
  ])('refuses a vocabulary that %s', (_, text, message) => {
    expect(() => parseVocabulary(text, 3, '[UNK]')).toThrow(VocabularyIncomplete);
    expect(() => parseVocabulary(text, 3, '[UNK]')).toThrow(message);
  });
});

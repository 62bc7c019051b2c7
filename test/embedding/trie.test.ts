import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Trie } from '../../functions/embedding/trie.ts';

function lookUp(trie: Trie, key: string): number {
  let node = 0;
  for (let i = 0; i < key.length; i++) {
    node = trie.child(node, key.charCodeAt(i));
    if (node === 0) return -1;
  }
  return trie.value(node);
}

describe('Trie', () => {
  it('finds exactly the keys that were added, however small it began', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, unit: 'binary' })), fc.string(), (keys, other) => {
        const trie = new Trie(1);

        for (const [value, key] of keys.entries()) expect(trie.add(value, key)).toBe(true);

        expect(keys.map((key) => lookUp(trie, key))).toEqual(keys.map((_, value) => value));
        expect(lookUp(trie, other)).toBe(keys.indexOf(other));
      }),
    );
  });

  it('keeps the value of a key that is added again, and says so', () => {
    const trie = new Trie();
    trie.add(7, 'タグ');

    expect(trie.add(8, 'タグ')).toBe(false);

    expect(lookUp(trie, 'タグ')).toBe(7);
  });

  it('adds a part of a text as a key', () => {
    const trie = new Trie();

    trie.add(3, 'a tag here', 2, 5);

    expect(lookUp(trie, 'tag')).toBe(3);
    expect(lookUp(trie, 'ta')).toBe(-1);
  });
});

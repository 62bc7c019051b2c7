import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Normalizer } from '../../functions/embedding/normalizer.ts';
import { createTokenizer } from '../../functions/embedding/tokenizer.ts';
import { parseVocabulary } from '../../functions/embedding/vocabulary.ts';

interface Golden {
  readonly texts: string[];
  readonly normalized: string[];
  readonly cases: {
    readonly pattern: { readonly javascript: string };
    readonly vocabulary: [token: string, score: number][];
    readonly ids: number[][];
  }[];
  readonly codePointsABlock: number;
  readonly blocks: string[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8'));

function tokenizerOf({ vocabulary, pattern }: Golden['cases'][number]) {
  const lines = vocabulary.map(([token, score]) => `${token}\t${score}\n`).join('');
  return createTokenizer(parseVocabulary(lines, vocabulary.length, '[UNK]'), pattern.javascript);
}

describe('the tokenizer and the original', () => {
  it.each(golden.texts.map((text, i) => [text.slice(0, 40), i] as const))('agree on %j', (_, i) => {
    expect(new Normalizer().normalize(golden.texts[i]!)).toBe(golden.normalized[i]);
    for (const one of golden.cases) expect(tokenizerOf(one).encode(golden.texts[i]!)).toEqual(one.ids[i]);
  });

  it('agree on every code point, alone and beside combining marks', () => {
    const normalizer = new Normalizer();

    const blocks = golden.blocks.map((_, block) => {
      const forms: string[] = [];
      for (let i = 0; i < golden.codePointsABlock; i++) {
        const character = String.fromCodePoint(block * golden.codePointsABlock + i);
        if (!character.isWellFormed()) continue;
        for (const form of [character, `a\u0345${character}`, `a${character}\u0334`])
          forms.push(normalizer.normalize(form));
      }
      return createHash('sha256').update(forms.join('\n')).digest('hex').slice(0, 12);
    });

    const differing = blocks.flatMap((hash, block) =>
      hash === golden.blocks[block]
        ? []
        : [`U+${(block * golden.codePointsABlock).toString(16)} and following`],
    );
    expect(differing).toEqual([]);
  });
});

describe('Tokenizer', () => {
  const one = golden.cases[0]!;

  it('gives the same ids however often it has seen a text, and whatever it saw between', () => {
    const tokenizer = tokenizerOf(one);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...golden.texts)), (between) => {
        for (const text of between) tokenizer.encode(text);
        expect(golden.texts.map((text) => tokenizer.encode(text))).toEqual(one.ids);
      }),
      { numRuns: 20 },
    );
  });

  it('still knows its tokens after more distinct words than it remembers', () => {
    const tokenizer = tokenizerOf(one);

    for (let i = 0; i < 40_000; i++) tokenizer.encode(`${i}`);

    expect(golden.texts.map((text) => tokenizer.encode(text))).toEqual(one.ids);
  });

  it('takes any string', () => {
    const tokenizer = tokenizerOf(one);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (binary, plain) => {
        const ids = tokenizer.encode(binary + plain);
        expect(ids.every((id) => id >= 0 && id < one.vocabulary.length)).toBe(true);
      }),
    );
  });

  it('reads a surrogate without its partner as a replacement character', () => {
    const tokenizer = tokenizerOf(golden.cases[1]!);

    expect(tokenizer.encode('タグ\ud800提案')).toEqual(tokenizer.encode('タグ\ufffd提案'));
  });

  it('reads 100,000 characters without a space', () => {
    const text = 'タグ提案'.repeat(25_000);

    const ids = tokenizerOf(one).encode(text);

    expect(ids.length).toBeGreaterThan(10_000);
  });
});

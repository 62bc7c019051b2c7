import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_CANDIDATES } from '../../functions/contracts/limits.ts';
import { keywordsAnswer } from '../../functions/contracts/signals.ts';
import { type Catalogue, loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createEmbeddedEngine, findInArticle } from '../../functions/keywords/embedded.ts';
import type { KeywordEngine } from '../../functions/keywords/engine.ts';
import {
  type JapaneseTokenizer,
  loadJapaneseTokenizer,
} from '../../functions/keywords/japanese-tokenizer.ts';
import type { AcceptedArticle } from '../../functions/shared/accept-article.ts';
import { loadFit } from '../../functions/shared/fit.ts';

const catalogue: Catalogue = loadCatalogue();
let japanese: JapaneseTokenizer;
let engine: KeywordEngine;

beforeAll(async () => {
  japanese = await loadJapaneseTokenizer();
  engine = await createEmbeddedEngine({ catalogue, fit: loadFit() });
});

const article = (change: Partial<AcceptedArticle>): AcceptedArticle => ({
  articleId: 'a',
  revision: 0,
  title: '題名',
  body: '本文',
  format: 'markdown',
  publishedAt: '2026-04-01T00:00:00Z',
  ...change,
});

const keysIn = (body: string, title = '題名') =>
  findInArticle(article({ title, body }), { catalogue, japanese }).map(({ key }) => key);

describe('catalogue tags', () => {
  it.each([
    ['next.jsで書く', 'nextjs'],
    ['NextJSで書く', 'nextjs'],
    ['Ｎｅｘｔ．ｊｓで書く', 'nextjs'],
    ['C++で書く', 'cpp'],
    ['C#、F#で書く', 'csharp'],
    ['.NETで書く', 'dotnet'],
    ['k8sに載せる', 'kubernetes'],
    ['GitHub Actionsで回す', 'githubactions'],
    ['github-actionsで回す', 'githubactions'],
    ['機械学習を学ぶ', '機械学習'],
    ['個人開発の記録', '個人開発'],
    ['Go言語で書く', 'go'],
    ['```rust\nfn main() {}\n```', 'rust'],
    ['[TypeScript](https://example.com)の話', 'typescript'],
  ])('in %s: %s', (body, key) => {
    expect(keysIn(body)).toContain(key);
  });

  it.each([
    ['maintainerの話', 'ai'],
    ['https://github.com/x/y', 'github'],
    ['Node.jsの話', 'javascript'],
    ['main.tsを開く', 'typescript'],
  ])('in %s: not %s', (body, key) => {
    expect(keysIn(body)).not.toContain(key);
  });
});

describe('phrases outside the catalogue', () => {
  const thrice = (phrase: string) => `${phrase}を使う。${phrase}は速い。${phrase}が好きだ。`;

  it.each([
    ['分散合意アルゴリズム', '分散合意アルゴリズム'],
    ['Durable Objects', 'durableobjects'],
    ['超解像モデル', '超解像モデル'],
  ])('%s is found when it is mentioned three times', (phrase, key) => {
    expect(keysIn(thrice(phrase))).toContain(key);
  });

  it('is found in the title at once', () => {
    expect(keysIn('本文', '分散合意アルゴリズム入門')).toContain('分散合意アルゴリズム入門');
  });

  it('is not found in passing', () => {
    expect(keysIn('分散合意アルゴリズムを使う。')).not.toContain('分散合意アルゴリズム');
  });

  it('are no numbers, pronouns or single characters', () => {
    expect(keysIn(thrice('これ2024年木'))).not.toEqual(expect.arrayContaining(['これ', '2024', '木']));
  });
});

describe('the embedded engine', () => {
  it('ranks what title and text are about first, with evidence and prior', async () => {
    const { candidates, catalogue: used } = await engine.extract(
      article({
        title: 'Rustで書くCLI',
        body: 'RustでCLIを書きます。\n\n## Rustの所有権\n\nRustは楽しい。GitHubにも置きました。',
      }),
    );
    expect(
      candidates
        .slice(0, 2)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['cli', 'rust']);
    const rust = candidates.find(({ key }) => key === 'rust')!;
    expect(rust.prior?.authors).toBeGreaterThan(1);
    expect(rust.evidence.map(({ where }) => where)).toEqual(['title', 'heading', 'lead']);
    expect(used.version).toBe(catalogue.version);
  });

  it('points into the source with each offset', async () => {
    const body = '# はじめに\n\n**Rust**と[React](https://example.com)で書く。\n\nもう一度、Rust。';
    const { candidates } = await engine.extract(article({ body }));
    const inBody = candidates.flatMap(({ evidence }) => evidence).filter(({ where }) => where !== 'title');
    const offsets = inBody.filter(({ offset }) => offset !== undefined);
    expect(offsets.length).toBeGreaterThan(2);
    for (const { spelling, offset } of offsets) {
      expect(body.slice(offset, offset! + spelling.length)).toBe(spelling);
    }
  });

  it('finds nothing where there is nothing', async () => {
    const { candidates } = await engine.extract(article({ title: '…', body: '！！！' }));
    expect(candidates).toEqual([]);
  });

  it('gives at most a hundred candidates, whatever the article holds', async () => {
    const body = catalogue.tags.map(({ label }) => label).join('\n\n');
    const { candidates } = await engine.extract(article({ body }));
    expect(candidates).toHaveLength(MAX_CANDIDATES);
  });

  it.each([
    ['100,000 times one kana', 'ア'.repeat(100_000)],
    ['katakana without an end', 'サンプル'.repeat(20_000)],
    ['100,000 times one kanji', '漢'.repeat(100_000)],
    ['emoji', '😀'.repeat(20_000)],
    ['unpaired surrogates', '\ud800Rust\udc00'.repeat(1_000)],
    ['ten thousand headings', '## Rust\n'.repeat(10_000)],
  ])('takes %s', async (_, body) => {
    expect(keywordsAnswer.safeParse(await engine.extract(article({ body }))).success).toBe(true);
  });

  it('keeps its contract on any text', async () => {
    const words = fc.constantFrom(
      'Rust',
      'C++',
      '機械学習',
      '。',
      ' ',
      '\n\n',
      '`',
      '#',
      '😀',
      '\ud800',
      'ｱ',
      '[',
      '<b>',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 60 }),
        async (parts) => {
          const answer = await engine.extract(article({ body: parts.join('') }));
          expect(() => keywordsAnswer.parse(answer)).not.toThrow();
        },
      ),
      { numRuns: 200 },
    );
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_CANDIDATES } from '../../functions/contracts/limits.ts';
import { keywordsAnswer } from '../../functions/contracts/signals.ts';
import type { Stored } from '../../functions/history/store.ts';
import { findInArticle as findEmbedded } from '../../functions/keywords/embedded.ts';
import type { Found } from '../../functions/keywords/extract.ts';
import {
  type JapaneseTokenizer,
  loadJapaneseTokenizer,
} from '../../functions/keywords/japanese-tokenizer.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import type { Policy } from '../../functions/keywords/policy.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { readArticles, type TaggedArticle } from '../../scripts/articles.ts';
import { article, scratch, shipped } from './scratch.ts';

const { client, indexPrefix, find } = scratch();
const fit = loadFit();
let japanese: JapaneseTokenizer;
beforeAll(async () => {
  japanese = await loadJapaneseTokenizer();
});

const keysOf = (found: Found[], known: boolean) =>
  new Set(found.flatMap((one) => (one.known === known ? [one.key] : [])));
const jaccard = (a: Set<string>, b: Set<string>) => {
  const union = new Set([...a, ...b]).size;
  return union === 0 ? 1 : [...a].filter((key) => b.has(key)).length / union;
};

describe('what OpenSearch finds', () => {
  it.each([
    ['C++で書く', 'cpp'],
    ['c++11の話', 'cpp'],
    ['Ｃ＃を学ぶ', 'csharp'],
    ['F#、C#など', 'csharp'],
    ['.NETで動かす', 'dotnet'],
    ['Node.jsとk8s', 'nodejs'],
    ['Node.jsとk8s', 'kubernetes'],
    ['next js を使う', 'nextjs'],
    ['ｎｅｘｔ．ｊｓ', 'nextjs'],
    ['GitHub　Actionsで回す', 'githubactions'],
    ['機械学習を学ぶ', '機械学習'],
    ['ﾃﾞｰﾀﾍﾞｰｽの話', 'データベース'],
    ['```rust\nfn main() {}\n```', 'rust'],
  ])('in %s: %s', async (body, key) => {
    expect(keysOf((await find(article({ body }))).found, true)).toContain(key);
  });

  it.each([
    ['maintainerの話', 'ai'],
    ['機械の学習', '機械学習'],
    ['PDF#1を見る', 'csharp'],
  ])('in %s no %s', async (body, key) => {
    expect(keysOf((await find(article({ body }))).found, true)).not.toContain(key);
  });

  it('is what the embedded engine finds, with the same mentions and signals', async () => {
    const one = article({
      title: '大規模言語モデルをAWS Lambdaで動かす',
      body: '## 構成\n\nNext.jsからStep Functionsを呼び、`C#`で書いた関数が大規模言語モデルに尋ねる。大規模言語モデルは速い。\n\n- k8s\n- 関西国際空港',
    });
    const { found } = await find(one);
    const embedded = findEmbedded(one, { catalogue: shipped, japanese });
    const view = (all: Found[]) =>
      all
        .map(({ key, label, known, mentions, features }) => ({
          key,
          label,
          known,
          features,
          places: mentions.map(({ block, start, end }) => [block.where, block.text.slice(start, end)]),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(view(found)).toEqual(view(embedded));
    expect(found.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['llm', 'awslambda', 'csharp', 'kubernetes']),
    );
  });

  const dev = join(import.meta.dirname, '../../../shared/data/articles.dev.jsonl.gz');
  it.skipIf(!existsSync(dev))('agrees with the embedded engine on real articles', async () => {
    const articles: TaggedArticle[] = [];
    for await (const one of readArticles(dev)) if (one.lang === 'ja') articles.push(one);
    const agreement: number[] = [];
    for (const { id, title, body } of articles.filter((_, index) => index % 10 === 0)) {
      const one = article({ articleId: id, title, body });
      const embedded = findEmbedded(one, { catalogue: shipped, japanese });
      agreement.push(jaccard(keysOf((await find(one)).found, true), keysOf(embedded, true)));
    }
    const mean = agreement.reduce((sum, value) => sum + value, 0) / agreement.length;
    expect(mean).toBeGreaterThanOrEqual(0.98);
  });
});

describe('the engine', () => {
  const engine = (policy: Partial<Policy> = {}, onStored?: (outcome: Stored | Error) => void) =>
    createOpenSearchEngine({
      client,
      fit,
      prior: shipped,
      indexPrefix,
      timeout: 20_000,
      policy: { mode: 'open', minimumUsage: 0, blocked: [], carried: 'suggest', ...policy },
      ...(onStored && { onStored }),
    });
  const one = article({
    articleId: 'policy',
    title: 'TypeScriptと量子将棋',
    body: '量子将棋をTypeScriptで書く。40代駆け出しエンジニア。',
    tags: ['type script'],
  });
  const keys = async (policy: Partial<Policy>) =>
    (await engine(policy).extract(one)).candidates.map(({ key }) => key);

  it('names the catalogue and keeps the contract', async () => {
    const answer = await engine().extract(one);
    expect(keywordsAnswer.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({
      article: { articleId: 'policy', revision: 0, tags: ['type script'] },
      catalogue: { version: shipped.version },
    });
  });

  it.each<[string, Partial<Policy>, string[], string[]]>([
    ['open', {}, ['typescript', '量子将棋'], []],
    ['known', { mode: 'known' }, ['typescript'], ['量子将棋']],
    ['minimum usage', { minimumUsage: 30 }, ['typescript', '量子将棋'], ['40代駆け出しエンジニア']],
    ['blocked', { blocked: ['量子 将棋', 'TypeScript'] }, [], ['typescript', '量子将棋']],
    ['carried left out', { carried: 'leave out' }, ['量子将棋'], ['typescript']],
  ])('keeps to the policy: %s', async (_, policy, present, absent) => {
    const found = await keys(policy);
    for (const key of present) expect(found).toContain(key);
    for (const key of absent) expect(found).not.toContain(key);
  });

  it('says what became of the article in its history', async () => {
    const outcomes: (Stored | Error)[] = [];
    const extract = (revision: number) =>
      engine({}, (outcome) => outcomes.push(outcome)).extract(
        article({ articleId: 'f', revision, authorId: 'hanako' }),
      );
    await extract(2);
    await extract(1);
    await extract(2);
    expect(outcomes).toEqual(['stored', 'newer kept', 'newer kept']);
  });

  it('suggests all the same when the disk is full, and says so', async () => {
    const block = (value: boolean | null) =>
      client.indices.putSettings({
        index: articlesAlias(indexPrefix),
        body: { 'index.blocks.read_only_allow_delete': value } as object,
      });
    await block(true);
    try {
      const outcomes: (Stored | Error)[] = [];
      const { candidates } = await engine({}, (outcome) => outcomes.push(outcome)).extract({
        ...one,
        authorId: 'hanako',
      });
      expect(candidates.map(({ key }) => key)).toContain('typescript');
      expect(outcomes).toMatchObject([
        { name: 'KeywordsUnavailable', message: expect.stringContaining('block') },
      ]);
    } finally {
      await block(null);
    }
  });
});

describe('what is stored of an article', () => {
  const engine = createOpenSearchEngine({ client, fit, prior: shipped, indexPrefix, timeout: 20_000 });
  const stored = async (which: string, id: string) =>
    (await client.get({ index: `${indexPrefix}-${which}`, id }, { ignore: [404] })).body._source;
  const one = article({
    articleId: 'stored',
    authorId: 'hanako',
    title: 'TypeScriptの題名',
    body: '導入\n\n## 見出し\n\n**本文** [リンク](https://example.com/secret)\n\n```js\nconst code = 1;\n```',
    tags: ['aws', 'AWS'],
    url: 'https://blog.example.com/stored',
    publishedAt: '2026-04-01T09:00:00+09:00',
  });

  it('is its title, its author, the time and the keys that it mentions; and, as kept, its tags', async () => {
    await engine.extract(one);
    expect(await stored('articles', 'stored')).toEqual({
      articleId: 'stored',
      authorId: 'hanako',
      title: 'TypeScriptの題名',
      keys: expect.arrayContaining(['typescript', '題名']),
      publishedAt: '2026-04-01T00:00:00.000Z',
    });
    expect(await stored('history', 'stored')).toEqual({
      articleId: 'stored',
      authorId: 'hanako',
      tags: ['aws'],
      taggedAt: '2026-04-01T00:00:00.000Z',
    });
  });

  it('is nothing where no author is named', async () => {
    const { authorId: _, ...anonymous } = one;
    await engine.extract({ ...anonymous, articleId: 'anonymous' });
    expect(await stored('articles', 'anonymous')).toBeUndefined();
    expect(await stored('history', 'anonymous')).toBeUndefined();
  });
});

describe('hostile text', () => {
  const engine = createOpenSearchEngine({ client, fit, prior: shipped, indexPrefix, timeout: 20_000 });
  it.each([
    ['100,000 times one character', 'あ'.repeat(100_000)],
    ['100,000 katakana', 'ア'.repeat(100_000)],
    ['100,000 letters without a space', 'a'.repeat(100_000)],
    ['100,000 characters of prose', '大規模言語モデルをC#で動かす。'.repeat(6000)],
    ['regular expressions', '.*(a+)+$ [^\\]] {1,99} | ? <1-5> ~ @& #'],
    ['query syntax', 'title:* OR _exists_:query AND NOT (a~2 ^3) "}}]}, {"match_all": {}} /.*/ +- && || !'],
    [
      'names of JavaScript',
      'constructor __proto__ prototype toString hasOwnProperty のconstructorとprototype',
    ],
    ['NUL', 'a\0b\0機械\0学習'],
    ['marks of direction and of no width', '\u202e習学械機\u202c \u200f機\u200b械\u2066学習\u2069\ufeff'],
    ['unpaired surrogates and emoji', '\ud83d機械学習\ude00 👩‍👩‍👧‍👦🏳️‍🌈'],
    ['only punctuation', '。、！？…「」'.repeat(1000)],
    ['10,000 headings', '# 機械学習\n'.repeat(10_000)],
  ])('%s neither fails nor is read as syntax', async (name, body) => {
    const answer = await engine.extract(
      article({ articleId: `hostile ${name}`, body, title: body.slice(0, 100) }),
    );
    expect(answer.candidates.length).toBeLessThan(MAX_CANDIDATES);
    const text = body
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    for (const { key, evidence } of answer.candidates) {
      expect([key, text.includes(key.replace(/[^\p{L}\p{N}]/gu, '')) || evidence.length > 0]).toEqual([
        key,
        true,
      ]);
    }
  });

  it.each(['.', '..', '/_all', '*', 'a/b?c#d', '日本語', '_catalogue', 'x'.repeat(512), '"}', '%2e%2e'])(
    'an article called %j is stored under that name',
    async (articleId) => {
      await engine.extract(article({ articleId, revision: 3, authorId: 'hanako' }));
      const { body } = await client.get({ index: articlesAlias(indexPrefix), id: articleId });
      expect(body).toMatchObject({ _id: articleId, _version: 3 });
    },
  );
});

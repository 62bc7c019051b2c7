import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_CANDIDATES } from '../../functions/contracts/limits.ts';
import { keywordsAnswer } from '../../functions/contracts/signals.ts';
import { findInArticle as findEmbedded } from '../../functions/keywords/embedded.ts';
import type { Corpus, Found } from '../../functions/keywords/extract.ts';
import {
  type JapaneseTokenizer,
  loadJapaneseTokenizer,
} from '../../functions/keywords/japanese-tokenizer.ts';
import type { Indexed } from '../../functions/keywords/opensearch/article-index.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import type { Policy } from '../../functions/keywords/policy.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { readArticles, type TaggedArticle } from '../../scripts/articles.ts';
import { article, scratch, shipped } from './scratch.ts';

const { client, indexPrefix, find, index } = scratch();
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

  it('is what the embedded engine finds, with the same mentions and signals but for the counts', async () => {
    const one = article({
      title: '大規模言語モデルをAWS Lambdaで動かす',
      body: '## 構成\n\nNext.jsからStep Functionsを呼び、`C#`で書いた関数が大規模言語モデルに尋ねる。大規模言語モデルは速い。\n\n- k8s\n- 関西国際空港',
    });
    const { found } = await find(one);
    const embedded = findEmbedded(one, { catalogue: shipped, japanese });
    const view = (all: Found[]) =>
      all
        .map(({ key, label, known, mentions }) => ({
          key,
          label,
          known,
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

describe('document frequencies', () => {
  const nothing: Corpus = { documents: 1000, documentFrequency: () => 0 };
  /** What the index alone says, beside a prior that is worth 10,000 articles and knows no term. */
  const idf = (frequency: number, documents: number) =>
    Math.log(1001 / ((1000 * frequency) / (10_000 + documents) + 1));
  const idfOf = async (key: string, one = article({ articleId: 'new', title: `${key}の話` })) => {
    const { found } = await find(one, nothing as typeof shipped);
    return found.find((each) => each.key === key)!.features.idf!;
  };

  it('come from the index, those of the article itself left out', async () => {
    const own = article({
      articleId: 'own',
      revision: 1,
      title: '量子将棋の話',
      body: '量子将棋と機械学習。',
    });
    expect(await idfOf('量子将棋', own)).toBeCloseTo(idf(0, 0));
    await index(own);
    for (const id of ['b', 'c', 'd']) await index(article({ articleId: id, body: '機械学習を学ぶ。' }));
    // Of three others none has the one and all have the other.
    expect(await idfOf('量子将棋', { ...own, revision: 2 })).toBeCloseTo(idf(0, 3), 6);
    expect(await idfOf('機械学習', { ...own, revision: 2 })).toBeCloseTo(idf(3, 3), 6);
    // For another article they are four.
    expect(await idfOf('量子将棋')).toBeCloseTo(idf(1, 4), 6);
  });

  it('leave the article out however often it was revised', async () => {
    // Many in one segment, where a replaced revision stays counted.
    await client.bulk({
      index: articlesAlias(indexPrefix),
      refresh: true,
      body: Array.from({ length: 50 }, (_, n) => [
        { index: { _id: `r${n}`, version: 0, version_type: 'external' } },
        { articleId: `r${n}`, title: n === 0 ? '変則チェスの話' : '別の話' },
      ]).flat(),
    });
    const idfs: number[] = [];
    for (const revision of [1, 2, 3]) {
      const own = article({ articleId: 'r0', revision, title: '変則チェスの話', body: '変則チェス' });
      idfs.push(await idfOf('変則チェス', own));
      await index(own);
    }
    // As rare as what nobody wrote of.
    const unseen = await idfOf('夢想将棋', article({ articleId: 'r0', title: '夢想将棋' }));
    expect(idfs).toEqual([unseen, unseen, unseen]);
  });

  it('hardly differ from those that ship while the index is young', async () => {
    const one = article({ articleId: 'e', title: '機械学習の話' });
    const { found } = await find(one);
    const alone = findEmbedded(one, { catalogue: shipped, japanese });
    const idfIn = (all: Found[]) => all.find(({ key }) => key === '機械学習')!.features.idf!;
    expect(Math.abs(idfIn(found) - idfIn(alone))).toBeLessThan(0.1);
    expect(idfIn(found)).not.toBe(idfIn(alone));
  });
});

describe('the engine', () => {
  const engine = (policy: Partial<Policy> = {}, onIndexed?: (outcome: Indexed | Error) => void) =>
    createOpenSearchEngine({
      client,
      fit,
      prior: shipped,
      indexPrefix,
      timeout: 20_000,
      policy: { mode: 'open', minimumUsage: 0, blocked: [], carried: 'suggest', ...policy },
      ...(onIndexed && { onIndexed }),
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

  it('says what became of the article in the index', async () => {
    const outcomes: (Indexed | Error)[] = [];
    const extract = (revision: number) =>
      engine({}, (outcome) => outcomes.push(outcome)).extract(article({ articleId: 'f', revision }));
    await extract(2);
    await extract(1);
    await extract(2);
    expect(outcomes).toEqual(['indexed', 'newer revision kept', 'newer revision kept']);
  });

  it('suggests all the same when the disk is full, and says so', async () => {
    const block = (value: boolean | null) =>
      client.indices.putSettings({
        index: articlesAlias(indexPrefix),
        body: { 'index.blocks.read_only_allow_delete': value } as object,
      });
    await block(true);
    try {
      const outcomes: (Indexed | Error)[] = [];
      const { candidates } = await engine({}, (outcome) => outcomes.push(outcome)).extract({
        ...one,
        revision: 9,
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
  const alias = articlesAlias(indexPrefix);
  const stored = async (id: string) => (await client.get({ index: alias, id }, { ignore: [404] })).body;
  const one = article({
    articleId: 'stored',
    authorId: 'hanako',
    title: '題名',
    body: '導入\n\n## 見出し\n\n**本文** [リンク](https://example.com/secret)\n\n```js\nconst code = 1;\n```',
    tags: ['aws'],
    url: 'https://blog.example.com/stored',
  });

  it('is its text without markup, its author and the time', async () => {
    await index(one);
    expect((await stored('stored'))._source).toEqual({
      articleId: 'stored',
      authorId: 'hanako',
      title: '題名',
      headings: ['見出し'],
      body: ['導入', '本文 リンク'],
      indexedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('can be deleted by the article and by the author', async () => {
    await index({ ...one, articleId: 'by-author' });
    await client.delete({ index: alias, id: 'stored', refresh: true });
    await client.deleteByQuery({
      index: alias,
      refresh: true,
      body: { query: { term: { authorId: 'hanako' } } },
    });
    expect([await stored('stored'), await stored('by-author')]).toMatchObject([
      { found: false },
      { found: false },
    ]);
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
    'an article called %j is indexed under that name',
    async (articleId) => {
      await index(article({ articleId, revision: 3 }));
      const { body } = await client.get({ index: articlesAlias(indexPrefix), id: articleId });
      expect(body).toMatchObject({ _id: articleId, _version: 3 });
    },
  );
});

import { beforeEach, describe, expect, it } from 'vitest';
import { keywordsAnswer } from '../../functions/contracts/signals.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createEmbeddedEngine } from '../../functions/keywords/embedded.ts';
import type { KeywordEngine } from '../../functions/keywords/engine.ts';
import { DEFAULT_POLICY } from '../../functions/keywords/policy.ts';
import type { AcceptedArticle } from '../../functions/shared/accept-article.ts';
import { CUT, loadFit } from '../../functions/shared/fit.ts';

const catalogue = loadCatalogue();
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();

let store: MemoryHistory;
let engine: KeywordEngine;
beforeEach(async () => {
  store = new MemoryHistory();
  engine = await createEmbeddedEngine({ catalogue, fit: loadFit(), history: store });
});

const article = (n: number, change: Partial<AcceptedArticle> = {}): AcceptedArticle => ({
  articleId: `a${n}`,
  revision: 0,
  authorId: 'hanako',
  title: `TypeScriptで書く、その${n}`,
  body: 'TypeScriptの設定を書きます。Dockerでも動きます。',
  format: 'markdown',
  publishedAt: day(n),
  ...change,
});

/** Publishes so many articles whose author keeps the tags, and asks for the one after them. */
async function afterKeeping(tags: string[], articles: number, next: Partial<AcceptedArticle> = {}) {
  for (let n = 1; n <= articles; n += 1) {
    await engine.extract(article(n));
    await store.record({ articleId: `a${n}`, authorId: 'hanako', tags, taggedAt: day(n) });
  }
  return engine.extract(article(articles + 1, next));
}

describe("an author's history", () => {
  it.each([
    ['an author who is new', {}],
    ['an article without an author', { authorId: undefined }],
    ['another author', { authorId: 'taro' }],
  ])('changes nothing for %s', async (_, change) => {
    const cold = await createEmbeddedEngine({ catalogue, fit: loadFit() });
    for (let n = 1; n <= 5; n += 1) {
      await engine.extract(article(n, { authorId: 'hanako' }));
      await store.record({ articleId: `a${n}`, authorId: 'hanako', tags: ['連載'], taggedAt: day(n) });
    }
    const { authorId: _own, ...nobody } = article(9);
    const asked = { ...nobody, authorId: 'newcomer', ...change } as AcceptedArticle;
    const answer = await engine.extract(asked);
    expect(answer).toEqual(await cold.extract(asked));
    expect(answer.history).toBeNull();
  });

  it('suggests a tag that the text does not spell, and says how often it was used', async () => {
    const { candidates, history } = await afterKeeping(['週刊TypeScript通信'], 8);
    expect(history).toEqual({ articles: 8 });
    const tag = candidates.find(({ key }) => key === '週刊typescript通信')!;
    expect(tag).toMatchObject({
      label: '週刊TypeScript通信',
      known: false,
      kept: { articles: 8, inText: false },
    });
    expect(tag.evidence).toEqual([
      expect.objectContaining({
        where: 'history',
        articles: 8,
        of: 8,
        snippet: 'used on 8 of your 8 articles',
      }),
    ]);
    expect(tag.frequency).toBeGreaterThan(CUT);
  });

  it('suggests what an author always keeps even where no earlier article is similar', async () => {
    for (let n = 1; n <= 12; n += 1) {
      await engine.extract(
        article(n, { title: `第${n}話`, body: `${'桜梅桃李松竹鶴亀花鳥風月'[n - 1]}を見た。` }),
      );
      await store.record({ articleId: `a${n}`, authorId: 'hanako', tags: ['日々の記録'], taggedAt: day(n) });
    }
    const { titles, candidates } = await engine.extract(article(13));
    expect(titles).toEqual([]);
    expect(candidates.find(({ key }) => key === '日々の記録')!.frequency).toBeGreaterThan(CUT);
  });

  it('keeps suggesting what an author always keeps when the articles hardly differ', async () => {
    const title = 'TypeScriptで作る週刊ツール';
    for (let n = 1; n <= 9; n += 1) {
      await engine.extract(article(n, { title: `${title} その${n}` }));
      await store.record({
        articleId: `a${n}`,
        authorId: 'hanako',
        tags: ['週刊ツール', 'TypeScript'],
        taggedAt: day(n),
      });
    }
    const { candidates } = await engine.extract(article(10, { title: `${title} その10` }));
    expect(candidates.find(({ key }) => key === '週刊ツール')!.frequency).toBeGreaterThan(CUT);
  });

  it('calls a tag as its author does, and suggests no other spelling of it', async () => {
    const body = 'k8sの設定を書きます。';
    for (let n = 1; n <= 9; n += 1) {
      await engine.extract(article(n, { title: 'k8sの話', body }));
      await store.record({ articleId: `a${n}`, authorId: 'hanako', tags: ['k8s'], taggedAt: day(n) });
    }
    const { candidates } = await engine.extract(article(10, { title: 'k8sの話', body }));
    expect(candidates.map(({ key }) => key)).not.toContain('kubernetes');
    expect(candidates[0]).toMatchObject({
      key: 'k8s',
      label: 'k8s',
      known: true,
      kept: { articles: 9, inText: true },
    });
    expect(store.documents().articles[0]!.keys).toContain('kubernetes');
  });

  it('keeps its contract with tags that are as long as they may be', async () => {
    const tags = [
      'Ｒｅｌａｔｉｏｎａｌ　Ｄａｔａｂａｓｅ　Ｍａｎａｇｅｍｅｎｔ　Ｓｙｓｔｅｍ',
      '長'.repeat(100),
      'constructor',
    ];
    const answer = await afterKeeping(tags, 3);
    expect(() => keywordsAnswer.parse(answer)).not.toThrow();
  });

  it('does not take an article whose tags were never saved for one that was left without', async () => {
    for (let n = 1; n <= 12; n += 1) await engine.extract(article(n));
    await store.record({ articleId: 'a1', authorId: 'hanako', tags: ['日記'], taggedAt: day(1) });
    const { candidates } = await engine.extract(article(13));
    expect(candidates.map(({ key }) => key)).toContain('typescript');
  });

  it('shows beside the places in the text how often a tag was used', async () => {
    const { candidates } = await afterKeeping(['TypeScript'], 3);
    const { evidence } = candidates.find(({ key }) => key === 'typescript')!;
    expect(evidence.map(({ where }) => where)).toEqual(['title', 'lead', 'history']);
  });

  it('does not push again what its author leaves out again and again', async () => {
    const { candidates: before } = await afterKeeping(['Docker'], 1);
    expect(before.find(({ key }) => key === 'typescript')!.frequency).toBeGreaterThan(CUT);
    const { candidates: after } = await afterKeeping(['Docker'], 8);
    expect(after.map(({ key }) => key)).not.toContain('typescript');
    expect(after.map(({ key }) => key)).toContain('docker');
  });

  it('takes the tags that an article carries when it is published as kept', async () => {
    await engine.extract(article(1, { tags: ['連載'] }));
    const { candidates } = await engine.extract(article(2));
    expect(candidates.map(({ key }) => key)).toContain('連載');
  });

  it('leaves the article at hand out of its own history', async () => {
    await engine.extract(article(1, { tags: ['連載'] }));
    const { history, candidates } = await engine.extract(article(1, { revision: 1, tags: ['連載'] }));
    expect(history).toBeNull();
    expect(candidates.map(({ key }) => key)).not.toContain('連載');
  });

  it('names the titles of similar articles, the most similar first, to be embedded', async () => {
    await engine.extract(article(1, { title: '料理の話', body: '味噌汁を作る。', tags: ['料理'] }));
    await engine.extract(article(2, { tags: ['TypeScript'] }));
    const { titles, candidates } = await engine.extract(article(3));
    expect(titles).toEqual(['TypeScriptで書く、その2']);
    expect(candidates.find(({ key }) => key === 'typescript')!.kept).toMatchObject({
      similar: [0],
      inText: true,
    });
    expect(candidates.find(({ key }) => key === '料理')!.kept).toMatchObject({ similar: [], inText: false });
  });

  it('obeys the policy: blocked tags and phrases outside the catalogue stay away', async () => {
    const known = await createEmbeddedEngine({
      catalogue,
      fit: loadFit(),
      history: store,
      policy: { ...DEFAULT_POLICY, mode: 'known', blocked: ['Docker'] },
    });
    await engine.extract(article(1, { tags: ['連載', 'Docker'] }));
    const { candidates } = await known.extract(article(2));
    expect(candidates.map(({ key }) => key)).not.toContain('連載');
    expect(candidates.map(({ key }) => key)).not.toContain('docker');
    expect(candidates.map(({ key }) => key)).toContain('typescript');
  });
});

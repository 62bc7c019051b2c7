import { beforeAll, describe, expect, it } from 'vitest';
import { readTags } from '../../functions/keywords/opensearch/catalogue-store.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import type { StoredTag } from '../../functions/keywords/opensearch/percolation.ts';
import { ARTICLES_PER_AUTHOR, recountCatalogue } from '../../functions/keywords/opensearch/recount.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { bulkHistory, type PastArticle } from '../../scripts/bulk-history.ts';
import { article, scratch, shipped } from './scratch.ts';

const { client, indexPrefix } = scratch();
const engine = createOpenSearchEngine({
  client,
  fit: loadFit(),
  prior: shipped,
  indexPrefix,
  timeout: 20_000,
});

const past = (
  authorId: string,
  count: number,
  { keys, tags }: { keys: string[]; tags: string[] },
): PastArticle[] =>
  Array.from({ length: count }, (_, n) => {
    const articleId = `${authorId}-${n}`;
    const time = new Date(Date.UTC(2026, 0, 1) + n * 360).toISOString();
    return {
      article: { articleId, revision: 0, authorId, title: `第${n}回`, keys, publishedAt: time },
      kept: { articleId, authorId, tags, taggedAt: time },
    };
  });

/** Articles of others: authors with a history of their own, one without, and one without a name. */
const others = ['taro', 'jiro', 'newcomer', undefined].map((authorId, n) =>
  article({
    articleId: `at-hand-${n}`,
    title: 'ポエムとTypeScriptで学ぶ機械学習',
    body: 'TypeScriptで機械学習を学び、AWS Lambdaで動かす。ポエムは書かない。量子将棋も指す。',
    ...(authorId && { authorId }),
  }),
);
const suggestions = () => Promise.all(others.map((one) => engine.extract(one)));
const tagsByKey = async () => {
  const tags = new Map<string, StoredTag>();
  for await (const tag of readTags(client, indexPrefix)) tags.set(tag.key, tag);
  return tags;
};

const LOUD = 10_000;
const loud = past('loud', LOUD, { keys: ['ポエム', 'typescript', '量子将棋'], tags: ['ポエム', '量子将棋'] });

describe('an author who puts the same tags on 10,000 articles within an hour', () => {
  beforeAll(async () => {
    const own = { keys: ['typescript', '機械学習'], tags: ['TypeScript', 'ML'] };
    await bulkHistory(client, indexPrefix, [...past('taro', 12, own), ...past('jiro', 3, own)]);
  });

  it('does not move what is suggested to others, not even by a little', async () => {
    const before = await suggestions();
    await bulkHistory(client, indexPrefix, loud);
    expect(await suggestions()).toEqual(before);
    expect(before[0]!.history).toEqual({ articles: 12 });
  });

  it(`moves the counts of a tag by 1 author and ${ARTICLES_PER_AUTHOR} articles when they are counted anew`, async () => {
    const before = await tagsByKey();
    const recount = await recountCatalogue(client, indexPrefix);
    expect(recount).toMatchObject({ authors: 3, articles: 12 + 3 + ARTICLES_PER_AUTHOR, newTags: 0 });
    expect(recount.header).toMatchObject({
      origin: 'shipped',
      version: expect.stringMatching(new RegExp(`^${shipped.version}\\+[0-9a-f]{12}$`)),
    });
    const after = await tagsByKey();
    const moved = (key: string) => {
      const [a, b] = [before.get(key)!, after.get(key)!];
      return {
        authors: b.authors - a.authors,
        articles: b.articles - a.articles,
        mentions: b.mentions - a.mentions,
        taggedWhenMentioned: b.taggedWhenMentioned - a.taggedWhenMentioned,
      };
    };
    const all = ARTICLES_PER_AUTHOR;
    expect(moved('ポエム')).toEqual({ authors: 1, articles: all, mentions: all, taggedWhenMentioned: all });
    expect(moved('typescript')).toEqual({
      authors: 2,
      articles: 15,
      mentions: 15 + all,
      taggedWhenMentioned: 15,
    });
    expect(after.has('量子将棋')).toBe(false);
    expect(after.size).toBe(before.size);
  });

  it('counts nothing twice when it is done again, and is served all the same after the next setup', async () => {
    const before = await tagsByKey();
    const { header } = await recountCatalogue(client, indexPrefix);
    expect(await tagsByKey()).toEqual(before);
    await setupSearch(client, { indexPrefix, shipped });
    expect((await recountCatalogue(client, indexPrefix)).header).toEqual(header);
    expect((await suggestions())[0]!.catalogue).toEqual({ version: header.version });
  });
});

it('a tag that three authors keep becomes one of the catalogue, and is none when they are forgotten', async () => {
  // TypeScript is one already, and three keep it.
  const kept = { keys: ['量子将棋'], tags: ['量子 将棋', 'TypeScript'] };
  await bulkHistory(client, indexPrefix, [...past('a', 2, kept), ...past('b', 1, kept)]);
  expect((await recountCatalogue(client, indexPrefix)).newTags).toBe(1);
  expect((await tagsByKey()).get('量子将棋')).toMatchObject({
    label: '量子 将棋',
    authors: 3,
    articles: ARTICLES_PER_AUTHOR + 3,
  });
  for (const authorId of ['a', 'b', 'loud']) {
    await client.deleteByQuery({
      index: `${indexPrefix}-history`,
      refresh: true,
      body: { query: { term: { authorId } } },
    });
  }
  await recountCatalogue(client, indexPrefix);
  expect((await tagsByKey()).has('量子将棋')).toBe(false);
});

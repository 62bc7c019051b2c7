import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeptTags } from '../../functions/contracts/article-tagged.ts';
import { MAX_SIMILAR } from '../../functions/contracts/limits.ts';
import { RECENT } from '../../functions/history/author-history.ts';
import type { HistoryStore, RelatedQuery, RememberedArticle } from '../../functions/history/store.ts';

/** A store under test, and how to look into it. */
export interface StoreUnderTest {
  store: HistoryStore;
  /** Makes what was written visible to what is read. */
  settle?: () => Promise<void>;
  /** Everything that is stored, as text. */
  dump: () => Promise<string>;
}

const at = (second: number) => new Date(Date.UTC(2026, 3, 1) + second * 1000).toISOString();
const kept = (articleId: string, tags: string[], change: Partial<KeptTags> = {}): KeptTags => ({
  articleId,
  authorId: 'hanako',
  tags,
  taggedAt: at(1),
  ...change,
});
const remembered = (
  articleId: string,
  keys: string[],
  change: Partial<RememberedArticle> = {},
): RememberedArticle => ({
  articleId,
  revision: 0,
  authorId: 'hanako',
  title: `About ${articleId}`,
  keys,
  publishedAt: at(0),
  ...change,
});
const query = (terms: Record<string, number>, keys: string[] = []): RelatedQuery => ({
  terms: new Map(Object.entries(terms)),
  keys,
});

/** Something that happens to a store. */
type Happening =
  | { type: 'tagged'; kept: KeptTags }
  | { type: 'published'; article: RememberedArticle }
  | { type: 'forgotten'; what: { authorId: string } | { articleId: string }; at: string };

async function happen(store: HistoryStore, one: Happening): Promise<void> {
  if (one.type === 'tagged') await store.record(one.kept);
  else if (one.type === 'published') await store.remember(one.article);
  else await store.forget(one.what, new Date(one.at));
}

const AUTHORS = ['hanako', 'taro'];
const ARTICLES = ['a', 'b', 'c'];
const TAGS = ['AWS', 'aws', 'Rust', '機械学習', 'C++'];
const KEYS = ['aws', 'rust', '機械学習', 'cpp'];
const anyAuthor = fc.constantFrom(...AUTHORS);
const anyArticle = fc.constantFrom(...ARTICLES);
const anyTime = fc.integer({ min: 0, max: 5 }).map(at);

const tagged = fc
  .record({
    articleId: anyArticle,
    authorId: anyAuthor,
    tags: fc.array(fc.constantFrom(...TAGS), { maxLength: 4 }),
    taggedAt: anyTime,
  })
  .map((one): Happening => ({ type: 'tagged', kept: one }));
// A revision is one text of one author at one time.
const published = fc
  .record({ articleId: anyArticle, revision: fc.integer({ min: 0, max: 5 }) })
  .map(({ articleId, revision }): Happening => {
    const which = revision + ARTICLES.indexOf(articleId);
    return {
      type: 'published',
      article: remembered(articleId, KEYS.slice(0, 1 + (which % 4)), {
        revision,
        authorId: AUTHORS[which % AUTHORS.length]!,
        title: `${articleId}, revision ${revision}`,
        publishedAt: at(revision),
      }),
    };
  });
const forgotten = fc
  .record({
    what: fc.oneof(fc.record({ authorId: anyAuthor }), fc.record({ articleId: anyArticle })),
    at: anyTime,
  })
  .map((one): Happening => ({ type: 'forgotten', ...one }));

/** The same, where no article changes hands: whose it was before they were forgotten, nobody can know afterwards. */
function ofOneAuthor(one: Happening): Happening {
  const authorOf = (articleId: string) => AUTHORS[ARTICLES.indexOf(articleId) % AUTHORS.length]!;
  if (one.type === 'tagged') return { ...one, kept: { ...one.kept, authorId: authorOf(one.kept.articleId) } };
  if (one.type === 'forgotten') return one;
  return { ...one, article: { ...one.article, authorId: authorOf(one.article.articleId) } };
}

/** Some of it more than once, in another order. */
const again = (all: Happening[]) =>
  fc
    .array(fc.constantFrom(...all), { maxLength: 6 })
    .chain((repeated) =>
      fc.shuffledSubarray([...all, ...repeated], { minLength: all.length + repeated.length }),
    );

/** All that an article of each author would be told, by name instead of by order where a store may choose it. */
async function statistics({ store, settle }: StoreUnderTest) {
  await settle?.();
  const answers: Record<string, unknown> = {};
  for (const authorId of AUTHORS) {
    for (const articleId of [...ARTICLES, 'new']) {
      const { articles, spellings, recent } = await store.keptBy(authorId, articleId);
      const weights = { aws: 0.4, rust: 0.3, 機械学習: 0.2, cpp: 0.1 };
      const { published, mentions, similar } = await store.relatedTo(
        authorId,
        articleId,
        query(weights, KEYS),
      );
      answers[`${authorId} ${articleId}`] = {
        articles,
        recent,
        spellings: Object.fromEntries(spellings.map(({ tag, articles: count }) => [tag, count])),
        published,
        mentions: Object.fromEntries(mentions),
        similar: similar.map(({ title, score, tags }) => ({
          title,
          score: Math.round(score * 1e4),
          tags: [...tags].sort(),
        })),
      };
    }
  }
  return answers;
}

/**
 * What every store of history holds to.
 *
 * @param open a store that is empty
 */
export function describeHistoryStore(open: () => Promise<StoreUnderTest>, { numRuns = 30 } = {}): void {
  describe('what an author kept', () => {
    it('is counted by spelling, the article at hand left out, the latest first', async () => {
      const { store, settle } = await open();
      await store.record(kept('a', ['AWS', 'Rust'], { taggedAt: at(1) }));
      await store.record(kept('b', ['aws'], { taggedAt: at(3) }));
      await store.record(kept('c', [], { taggedAt: at(2) }));
      await store.record(kept('d', ['AWS'], { authorId: 'taro' }));
      await settle?.();
      const { articles, recent, spellings } = await store.keptBy('hanako', 'new');
      expect({ articles, recent }).toEqual({ articles: 3, recent: [['aws'], [], ['AWS', 'Rust']] });
      expect(new Set(spellings)).toEqual(
        new Set(['AWS', 'Rust', 'aws'].map((tag) => ({ tag, articles: 1 }))),
      );
      expect(await store.keptBy('hanako', 'b')).toMatchObject({ articles: 2, recent: [[], ['AWS', 'Rust']] });
    });

    it('is nothing of an author who is not known', async () => {
      const { store } = await open();
      expect(await store.keptBy('nobody', 'new')).toEqual({ articles: 0, spellings: [], recent: [] });
      expect(await store.relatedTo('nobody', 'new', query({ aws: 1 }, ['aws']))).toEqual({
        published: 0,
        mentions: new Map(),
        similar: [],
      });
    });

    it('counts a tag once an article, by its first spelling', async () => {
      const { store, settle } = await open();
      await store.record(kept('a', ['Next.js', 'nextjs', 'NEXT JS', '・']));
      await settle?.();
      expect(await store.keptBy('hanako', 'new')).toEqual({
        articles: 1,
        spellings: [{ tag: 'Next.js', articles: 1 }],
        recent: [['Next.js']],
      });
    });

    it(`tells the tags of the ${RECENT} latest articles, and counts all`, async () => {
      const { store, settle } = await open();
      for (let n = 0; n < RECENT + 5; n += 1) {
        await store.record(kept(`a${n}`, ['AWS'], { taggedAt: at(n) }));
      }
      await settle?.();
      const { articles, recent, spellings } = await store.keptBy('hanako', 'new');
      expect([articles, recent.length, spellings]).toEqual([
        RECENT + 5,
        RECENT,
        [{ tag: 'AWS', articles: RECENT + 5 }],
      ]);
    });

    it('of a time is replaced by what was kept later, not by what was kept before', async () => {
      const { store, settle } = await open();
      expect(await store.record(kept('a', ['AWS'], { taggedAt: '2026-04-01T09:00:00+09:00' }))).toBe(
        'stored',
      );
      expect(await store.record(kept('a', ['Rust'], { taggedAt: '2026-03-31T23:59:59.999Z' }))).toBe(
        'newer kept',
      );
      expect(await store.record(kept('a', ['C++'], { taggedAt: '2026-04-01T00:00:00.001Z' }))).toBe('stored');
      await settle?.();
      expect(await store.keptBy('hanako', 'new')).toMatchObject({ articles: 1, recent: [['C++']] });
    });
  });

  describe('related articles', () => {
    it('are those that share the heaviest terms, with what was kept on them', async () => {
      const { store, settle } = await open();
      for (const [id, keys, tags] of [
        ['a', ['aws', 'rust'], ['AWS', 'Rust 2024']],
        ['b', ['aws'], []],
        ['c', ['aws', 'cpp', 'rust'], ['C++']],
        ['other', ['機械学習'], ['ML']],
      ] as const) {
        await store.remember(remembered(id, [...keys]));
        await store.record(kept(id, [...tags]));
      }
      await store.remember(remembered('untagged', ['aws', 'cpp', 'rust']));
      await store.remember(remembered('foreign', ['aws'], { authorId: 'taro' }));
      await store.record(kept('foreign', ['AWS'], { authorId: 'taro' }));
      await settle?.();
      const related = await store.relatedTo(
        'hanako',
        'new',
        query({ aws: 0.5, rust: 0.3, cpp: 0.2 }, ['aws', 'cpp', 'go']),
      );
      expect(related.mentions).toEqual(
        new Map([
          ['aws', 4],
          ['cpp', 2],
        ]),
      );
      expect(
        related.similar.map(({ title, score, tags }) => [title, Math.round(score * 100), [...tags]]),
      ).toEqual([
        ['About c', 100, ['cpp']],
        ['About a', 80, ['aws', 'rust2024']],
        ['About b', 50, []],
      ]);
      const without = await store.relatedTo('hanako', 'c', query({ cpp: 1 }, ['cpp']));
      expect(without).toMatchObject({ mentions: new Map([['cpp', 1]]), similar: [] });
    });

    it(`are at most ${MAX_SIMILAR}, of equal ones those with the first ids`, async () => {
      const { store, settle } = await open();
      for (const id of ['h', 'b', 'g', 'a', 'f', 'c', 'e', 'd']) {
        await store.remember(remembered(id, ['aws']));
        await store.record(kept(id, ['AWS']));
      }
      await settle?.();
      const { similar } = await store.relatedTo('hanako', 'new', query({ aws: 1 }));
      expect(similar.map(({ title }) => title)).toEqual(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => `About ${id}`),
      );
    });

    it('are those of the newest revision', async () => {
      const { store, settle } = await open();
      await store.record(kept('a', ['AWS']));
      expect(await store.remember(remembered('a', ['aws'], { revision: 2 }))).toBe('stored');
      expect(await store.remember(remembered('a', ['rust'], { revision: 1 }))).toBe('newer kept');
      await settle?.();
      const { mentions } = await store.relatedTo('hanako', 'new', query({}, ['aws', 'rust']));
      expect(mentions).toEqual(new Map([['aws', 1]]));
    });
  });

  describe('any order and repetition of events', () => {
    it.each([
      ['ends in the same statistics', fc.oneof(tagged, published)],
      [
        'ends in the same statistics when something is forgotten in between',
        fc.oneof(tagged, published, tagged, published, forgotten).map(ofOneAuthor),
      ],
    ])('%s', async (_, happening) => {
      const twoOrders = fc
        .array(happening, { minLength: 1, maxLength: 12 })
        .chain((all) => fc.tuple(fc.constant(all), again(all)));
      await fc.assert(
        fc.asyncProperty(twoOrders, async ([first, second]) => {
          const [one, other] = [await open(), await open()];
          for (const each of first) await happen(one.store, each);
          for (const each of second) await happen(other.store, each);
          expect(await statistics(other)).toEqual(await statistics(one));
        }),
        { numRuns },
      );
    });

    it('at the same time, too', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(tagged, published), { minLength: 1, maxLength: 8 }),
          async (all) => {
            const [one, other] = [await open(), await open()];
            for (const happening of all) await happen(one.store, happening);
            await Promise.all([...all, ...all].map((happening) => happen(other.store, happening)));
            expect(await statistics(other)).toEqual(await statistics(one));
          },
        ),
        { numRuns },
      );
    });
  });

  describe('forgetting', () => {
    const fill = async (store: HistoryStore) => {
      for (const [id, authorId] of [
        ['secret-1', 'secret-author'],
        ['secret-2', 'secret-author'],
        ['b', 'taro'],
      ] as const) {
        await store.remember(remembered(id, ['aws'], { authorId }));
        await store.record(kept(id, ['AWS'], { authorId, suggestionId: `for ${id}` }));
      }
    };

    it('an author leaves no trace of them, and others alone', async () => {
      const { store, settle, dump } = await open();
      await fill(store);
      expect(await store.count({ authorId: 'secret-author' })).toBe(4);
      expect(await store.forget({ authorId: 'secret-author' }, new Date(at(9)))).toBe(4);
      expect(await store.count({ authorId: 'secret-author' })).toBe(0);
      await settle?.();
      expect(await store.keptBy('secret-author', 'new')).toEqual({ articles: 0, spellings: [], recent: [] });
      expect((await store.keptBy('taro', 'new')).articles).toBe(1);
      expect(await dump()).not.toContain('secret');
      expect(await store.forget({ authorId: 'secret-author' }, new Date(at(9)))).toBe(0);
    });

    it('an article leaves no trace of it, and the author their others', async () => {
      const { store, settle, dump } = await open();
      await fill(store);
      expect(await store.forget({ articleId: 'secret-1' }, new Date(at(9)))).toBe(2);
      await settle?.();
      expect((await store.keptBy('secret-author', 'new')).articles).toBe(1);
      const dumped = await dump();
      expect(dumped).not.toContain('secret-1');
      expect(dumped).toContain('secret-2');
    });

    it.each([{ authorId: 'hanako' }, { articleId: 'a' }])(
      '%j stays forgotten when older events come again, and newer ones are taken',
      async (what) => {
        const { store, settle } = await open();
        const forgottenAt = new Date(at(5));
        await store.record(kept('a', ['AWS'], { taggedAt: at(4) }));
        await store.remember(remembered('a', ['aws'], { revision: 1, publishedAt: at(4) }));
        await store.forget(what, forgottenAt);
        const replay = async (second: number) => [
          await store.record(kept('a', ['AWS'], { taggedAt: at(second) })),
          await store.remember(remembered('a', ['aws'], { revision: 1, publishedAt: at(second) })),
        ];
        expect(await replay(4)).toEqual(['forgotten', 'forgotten']);
        expect(await replay(5)).toEqual(['forgotten', 'forgotten']);
        await settle?.();
        expect((await store.keptBy('hanako', 'new')).articles).toBe(0);
        expect(await replay(6)).toEqual(['stored', 'stored']);
        await settle?.();
        expect((await store.keptBy('hanako', 'new')).articles).toBe(1);
      },
    );

    it('holds for what is being written meanwhile', async () => {
      const { store, settle, dump } = await open();
      await fill(store);
      const writes = Array.from({ length: 40 }, (_, n) => async () => {
        await store.record(kept(`secret-${n}`, ['AWS'], { authorId: 'secret-author' }));
        await store.remember(remembered(`secret-${n}`, ['aws'], { authorId: 'secret-author' }));
      });
      const [first, rest] = [writes.slice(0, 20), writes.slice(20)];
      await Promise.all([
        ...first.map((write) => write()),
        store.forget({ authorId: 'secret-author' }, new Date(at(9))),
        ...rest.map((write) => write()),
      ]);
      await settle?.();
      expect(await dump()).not.toContain('secret');
    });

    it('knows an author from an article of the same name', async () => {
      const { store } = await open();
      await store.forget({ authorId: 'same' }, new Date(at(5)));
      expect(await store.record(kept('same', ['AWS']))).toBe('stored');
      expect(await store.record(kept('a', ['AWS'], { authorId: 'same' }))).toBe('forgotten');
    });

    it('earlier does not take back what was forgotten later', async () => {
      const { store } = await open();
      await store.forget({ authorId: 'hanako' }, new Date(at(5)));
      await store.forget({ authorId: 'hanako' }, new Date(at(2)));
      expect(await store.record(kept('a', ['AWS'], { taggedAt: at(4) }))).toBe('forgotten');
    });
  });

  it('takes ids of up to 512 bytes, and tags of all scripts', async () => {
    const { store, settle } = await open();
    const articleId = `${'記'.repeat(170)}ab`;
    const tags = ['C#', '機械学習', '🎉祭り', 'a"b\\c', 'ﾊﾝｶｸ'];
    await store.record(kept(articleId, tags));
    await store.remember(remembered(articleId, ['機械学習']));
    await settle?.();
    expect(await store.keptBy('hanako', 'new')).toMatchObject({ articles: 1, recent: [tags] });
    expect((await store.keptBy('hanako', articleId)).articles).toBe(0);
  });
}

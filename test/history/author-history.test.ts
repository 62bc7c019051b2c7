import { describe, expect, it } from 'vitest';
import { mostLately, RECENT, toAuthorHistory } from '../../functions/history/author-history.ts';
import { authorFeatures, frequencyHistory, voteFeatures } from '../../functions/history/features.ts';

const nothingRelated = { published: 0, mentions: new Map(), similar: [] };

describe("an author's statistics", () => {
  const history = toAuthorHistory(
    {
      articles: 4,
      spellings: [
        { tag: 'TypeScript', articles: 2 },
        { tag: 'typescript', articles: 1 },
        { tag: '日記', articles: 1 },
      ],
      recent: [['typescript'], ['TypeScript', '日記'], [], ['TypeScript']],
    },
    nothingRelated,
  );

  it('adds up the spellings of a tag, and calls it as it was last spelled', () => {
    expect(history.tags.get('typescript')).toMatchObject({ label: 'typescript', articles: 3, last: 0 });
  });

  it('count an article less the longer it is ago', () => {
    expect(history.tags.get('typescript')!.lately).toBeCloseTo(1 + 0.9 + 0.9 ** 3, 12);
    expect(history.tags.get('日記')).toMatchObject({ lately: 0.9, last: 1 });
  });

  it('know of a tag that was used long ago, but not when', () => {
    const { tags } = toAuthorHistory(
      { articles: 90, spellings: [{ tag: 'jQuery', articles: 40 }], recent: [['React']] },
      nothingRelated,
    );
    expect(tags.get('jquery')).toEqual({ label: 'jQuery', articles: 40, lately: 0, last: null });
  });

  it.each([0, 1, 5, RECENT, 1000])(
    'bound what a habit of every one of %i articles counts for',
    (articles) => {
      const recent = Array.from({ length: Math.min(articles, RECENT) }, () => ['x']);
      const { tags } = toAuthorHistory(
        { articles, spellings: [{ tag: 'x', articles }], recent },
        nothingRelated,
      );
      expect(tags.get('x')!.lately).toBeCloseTo(mostLately(articles), 9);
    },
  );
});

describe('signals of a history', () => {
  it('rise with each article that carries the tag, and fall when it is dropped', () => {
    const share = (articles: number, of: number) =>
      authorFeatures(of, { articles, lately: 0, last: null }).authorShare!;
    expect(share(2, 10)).toBeGreaterThan(share(1, 10));
    expect(share(2, 20)).toBeLessThan(share(2, 10));
    const lately = (last: number) => authorFeatures(30, { articles: 1, lately: 0.9 ** last, last });
    expect(lately(20).authorLately!).toBeLessThan(lately(2).authorLately!);
    expect(lately(20).authorLast!).toBeLessThan(lately(2).authorLast!);
  });

  it.each([
    ['the nearer ones have more to say', [3, 1], [true, false], 0.5, 0.75],
    ['a few that are hardly near leave it to all articles', [0.01], [false], 0.9, 0.87],
    ['where none is similar all articles decide', [], [], 0.9, 0.9],
  ])('are votes of similar articles: %s', (_, weights, carries, ofAll, share) => {
    expect(voteFeatures('x', weights, carries, ofAll).xShare).toBeCloseTo(share, 1);
  });

  it('tell a tag that is mentioned and kept from one that is mentioned and never kept', () => {
    const history = {
      articles: 10,
      tags: new Map([['aws', { label: 'AWS', articles: 8, lately: 5, last: 0 }]]),
      mentions: new Map([
        ['aws', 8],
        ['php', 8],
      ]),
      similar: [{ title: 't', score: 0.5, tags: new Set(['aws']) }],
    };
    const [aws, php, rust] = ['aws', 'php', 'rust'].map((key) =>
      frequencyHistory(key, history, { inText: true }),
    );
    expect(aws!.authorTagsAlike!).toBeGreaterThan(rust!.authorTagsAlike!);
    expect(php!.authorTagsAlike!).toBeLessThan(rust!.authorTagsAlike!);
    expect(php!.authorNeverTags!).toBeGreaterThan(rust!.authorNeverTags!);
    expect(frequencyHistory('aws', history, { inText: false }).authorTagsAlike!).toBeLessThan(
      aws!.authorTagsAlike!,
    );
    expect(aws).toMatchObject({ termVotes: 1 / 3, authorNeverTags: 0 });
    expect(aws!.termShare!).toBeGreaterThan(rust!.termShare!);
  });
});

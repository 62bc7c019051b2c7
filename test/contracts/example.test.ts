import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Cms,
  createHandler,
  type SuggestionRecord,
} from '../../functions/contracts/example/write-tags.ts';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';

/** A CMS that publishes an article whenever it is saved, as many do, and may be saved by others at any time. */
class PublishingCms implements Cms {
  readonly articles = new Map([
    ['a', { version: '1', suggestion: undefined as SuggestionRecord | undefined }],
  ]);
  readonly published: { articleId: string; revision: number; correlationId: string }[] = [];
  savesOfOthers = 0;
  saves = 0;

  async read(articleId: string) {
    const article = this.articles.get(articleId);
    return (
      article && { version: article.version, ...(article.suggestion && { suggestion: article.suggestion }) }
    );
  }

  async save(
    articleId: string,
    suggestion: SuggestionRecord,
    { ifVersion, correlationId }: { ifVersion: string; correlationId: string },
  ) {
    const article = this.articles.get(articleId)!;
    if (this.savesOfOthers-- > 0) article.version += '+';
    if (article.version !== ifVersion) return false;
    this.saves += 1;
    this.articles.set(articleId, { version: `${ifVersion}+`, suggestion });
    this.published.push({ articleId, revision: suggestion.revision + 1, correlationId });
    return true;
  }

  get labels() {
    return this.articles.get('a')!.suggestion?.labels;
  }
}

let ids = 0;
/** A suggestion of one tag. */
const suggest = (
  label: string,
  { revision = 1, minute = 0, degraded = [] as string[], correlationId = 'editor', id = `${ids++}` } = {},
) => ({
  source: 'tag-suggestions',
  'detail-type': 'TagsSuggested',
  detail: {
    metadata: {
      ...tagsSuggestedSample.metadata,
      id: id.padStart(64, '0'),
      correlationId,
      suggestedAt: `2026-04-01T09:${String(minute).padStart(2, '0')}:00+09:00`,
    },
    data: {
      ...tagsSuggestedSample.data,
      articleId: 'a',
      revision,
      degraded,
      tags: [{ ...tagsSuggestedSample.data.tags[0]!, label }],
    },
  },
});

let cms: PublishingCms;
let handler: ReturnType<typeof createHandler>;
beforeEach(() => {
  cms = new PublishingCms();
  handler = createHandler(cms);
});

describe('writing tags back to a CMS', () => {
  it('writes the first suggestion, whatever it is', async () => {
    expect(await handler(suggest('Rust', { degraded: ['keywords'] }))).toBe('written');
    expect(cms.labels).toEqual(['Rust']);
  });

  it('drops what was said before, also when it comes twice at once', async () => {
    const event = suggest('Rust');
    const outcomes = await Promise.all([handler(event), handler(event), handler(event)]);
    expect(outcomes.sort()).toEqual(['said before', 'said before', 'written']);
    expect(cms.saves).toBe(1);
  });

  it.each([
    ['an older revision', { revision: 1, minute: 9 }, { revision: 2, minute: 1 }, 'an older revision'],
    ['an older suggestion of the same revision', { minute: 1 }, { minute: 2 }, 'an older suggestion'],
    [
      'a degraded one that is newer',
      { minute: 2, degraded: ['embedding'] },
      { minute: 1 },
      'less than is known',
    ],
  ])('never replaces a suggestion by %s', async (_, came, kept, outcome) => {
    await handler(suggest('kept', kept));
    expect(await handler(suggest('came', came))).toBe(outcome);
    expect(cms.labels).toEqual(['kept']);
  });

  it.each([
    [
      'a newer revision, though it was suggested earlier',
      { revision: 2, minute: 1 },
      { revision: 1, minute: 9 },
    ],
    ['a newer suggestion of the same revision', { minute: 2 }, { minute: 1 }],
    ['a whole one that is newer than a degraded one', { minute: 2 }, { minute: 1, degraded: ['keywords'] }],
    ['a degraded one of a newer revision', { revision: 2, degraded: ['keywords'] }, { revision: 1 }],
  ])('replaces a suggestion by %s', async (_, came, kept) => {
    await handler(suggest('kept', kept));
    expect(await handler(suggest('came', came))).toBe('written');
    expect(cms.labels).toEqual(['came']);
  });

  it('ends in the same state in whatever order suggestions come', async () => {
    const events = [
      suggest('first'),
      suggest('degraded', { minute: 3, degraded: ['keywords'] }),
      suggest('better', { minute: 2 }),
      suggest('next', { revision: 2, minute: 1 }),
    ];
    for (const order of [events, events.toReversed(), [...events.slice(2), ...events.slice(0, 2)]]) {
      cms = new PublishingCms();
      handler = createHandler(cms);
      for (const event of order) await handler(event);
      expect(cms.labels).toEqual(['next']);
    }
  });

  it('does not answer the articles that its own writes publish', async () => {
    await handler(suggest('Rust'));
    // The workflow passes the correlation id on, and suggests for the new revision.
    let rounds = 0;
    for (let caused = cms.published.shift(); caused && rounds < 10; caused = cms.published.shift()) {
      rounds += 1;
      expect(await handler(suggest('Rust', { ...caused, minute: rounds }))).toBe('caused by our own write');
    }
    expect(rounds).toBe(1);
    expect(cms.saves).toBe(1);
  });

  it('reads again what somebody else has saved meanwhile', async () => {
    cms.savesOfOthers = 2;
    expect(await handler(suggest('Rust'))).toBe('written');
    cms.savesOfOthers = 9;
    await expect(handler(suggest('Go', { minute: 1 }))).rejects.toThrow('a is being saved by others');
  });

  it('leaves alone an article that is gone', async () => {
    cms.articles.clear();
    expect(await handler(suggest('Rust'))).toBe('no such article');
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { articlePublished, articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { articleTagged } from '../../functions/contracts/article-tagged.ts';
import {
  carriedTags,
  type SavedTags,
  shownTags,
  type TagsOfArticle,
  toArticleTagged,
} from '../../functions/contracts/example/saved-tags.ts';
import {
  type Cms,
  createHandler,
  type SuggestionRecord,
} from '../../functions/contracts/example/write-tags.ts';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { createHandler as createHistory } from '../../functions/history/handler.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { storeArticle } from '../../functions/history/recall.ts';
import { acceptArticle } from '../../functions/shared/accept-article.ts';

/** A CMS that publishes its article on every save, beside what the suggester does with what it is told. */
class LearntFromCms implements Cms {
  readonly history = new MemoryHistory();
  readonly tags: TagsOfArticle = {};
  #revision = 0;
  #minute = 0;

  async read() {
    return { version: String(this.#revision), ...this.tags };
  }

  async save(_: string, suggestion: SuggestionRecord, { correlationId }: { correlationId: string }) {
    this.tags.suggestion = suggestion;
    await this.publish(correlationId);
    return true;
  }

  async publish(correlationId = 'editor') {
    const { metadata, data } = articlePublishedSample;
    const { tags: _, ...article } = data;
    this.#revision += 1;
    const detail = articlePublished.parse({
      metadata: { ...metadata, correlationId, publishedAt: this.now.toISOString() },
      data: { ...article, articleId: 'a', revision: this.#revision, ...carriedTags(this.tags) },
    });
    await storeArticle(this.history, await acceptArticle(detail), []);
  }

  async saveByAuthor(tags: string[], more: Partial<SavedTags> = {}) {
    this.tags.saved = tags;
    const saved = {
      articleId: 'a',
      authorId: 'hanako',
      tags,
      savedAt: this.now,
      shown: this.tags.suggestion,
    };
    const { detail } = toArticleTagged({ ...saved, ...more });
    expect(await createHistory(() => this.history)({ id: 'b', detail })).not.toBe('refused');
    await this.publish();
  }

  /** A minute later each time. */
  get now() {
    this.#minute += 1;
    return new Date(Date.UTC(2026, 3, 1, 9, this.#minute));
  }

  /** What is known of the author when the next article is published. */
  get learnt() {
    return this.history.keptBy('hanako', 'next');
  }
}

const suggest = (label: string, id: string) => ({
  source: 'tag-suggestions',
  'detail-type': 'TagsSuggested',
  detail: {
    metadata: { ...tagsSuggestedSample.metadata, id: id.padStart(64, '0'), correlationId: 'editor' },
    data: {
      ...tagsSuggestedSample.data,
      articleId: 'a',
      tags: [{ ...tagsSuggestedSample.data.tags[0]!, label }],
    },
  },
});

let cms: LearntFromCms;
beforeEach(async () => {
  cms = new LearntFromCms();
  await cms.publish();
});

describe('a CMS that writes suggested tags by itself', () => {
  it('shows them to readers, and lets nothing be learnt of them, however often it publishes', async () => {
    expect(await createHandler(cms)(suggest('Rust', '1'))).toBe('written');
    for (let times = 0; times < 3; times += 1) await cms.publish();
    expect(shownTags(cms.tags)).toEqual(['Rust']);
    expect(await cms.learnt).toMatchObject({ articles: 0, spellings: [] });
  });

  it('tells what the author saved, once, also what was accepted as it was suggested', async () => {
    await createHandler(cms)(suggest('Rust', '1'));
    await cms.saveByAuthor(['Rust', 'CLI']);
    expect(shownTags(cms.tags)).toEqual(['Rust', 'CLI']);
    expect(await cms.learnt).toMatchObject({ articles: 1, recent: [['Rust', 'CLI']] });
  });

  it('tells that the author took all of them away, and shows none from then on', async () => {
    await createHandler(cms)(suggest('Rust', '1'));
    await cms.saveByAuthor(['Rust']);
    await cms.saveByAuthor([]);
    expect(shownTags(cms.tags)).toEqual([]);
    expect(await cms.learnt).toMatchObject({ articles: 1, spellings: [] });
  });

  it('leaves what the author saved as it is when another suggestion comes', async () => {
    await cms.saveByAuthor(['Rust']);
    await createHandler(cms)(suggest('Go', '2'));
    expect(shownTags(cms.tags)).toEqual(['Rust']);
    expect(await cms.learnt).toMatchObject({ recent: [['Rust']] });
  });
});

it('keeps the contract, and names the suggestion that the author was shown', () => {
  const saved = { articleId: 'a', authorId: 'hanako', tags: ['Rust'], savedAt: new Date(0) };
  const told = toArticleTagged({ ...saved, shown: { id: 'f'.repeat(64) } });
  expect(told.detailType).toBe('ArticleTagged');
  expect(articleTagged.parse(told.detail).data).toEqual({
    articleId: 'a',
    authorId: 'hanako',
    tags: ['Rust'],
    taggedAt: '1970-01-01T00:00:00.000Z',
    suggestionId: 'f'.repeat(64),
  });
  expect(articleTagged.parse(toArticleTagged(saved).detail).data).not.toHaveProperty('suggestionId');
});

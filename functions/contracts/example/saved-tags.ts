import { ARTICLE_TAGGED, type ArticleTagged } from '../article-tagged.ts';
import type { SuggestionRecord } from './write-tags.ts';

/**
 * The other half of the example: what the CMS tells of tags, so that suggestions learn from authors and never from
 * themselves.
 */

/** An article's tags in the CMS: what its author saved and what was suggested, each in a field of its own. */
export interface TagsOfArticle {
  /** undefined until the author has saved tags; empty when none was kept. */
  saved?: readonly string[];
  suggestion?: SuggestionRecord;
}

/** Tags that readers see: the author's; as long as there are none, those that were suggested. */
export function shownTags({ saved, suggestion }: TagsOfArticle): readonly string[] {
  return saved ?? suggestion?.labels ?? [];
}

/**
 * Tags that the article carries in `ArticlePublished`: what its author saved, though readers may see suggested ones. What
 * is carried counts as accepted; a suggestion sent as that would be a reason for the next suggestion.
 */
export function carriedTags({ saved }: TagsOfArticle): { tags?: string[] } {
  return saved ? { tags: [...saved] } : {};
}

/** Tags that an author saved in the editor: accepted, typed or taken away, by hand in each case. */
export interface SavedTags {
  articleId: string;
  /** The article's author, by the same id as in `ArticlePublished`, also when somebody else saved. */
  authorId: string;
  /** All that the article carries now, as the author spells them. */
  tags: readonly string[];
  savedAt: Date;
  /** The suggestion that was on the screen. */
  shown?: Pick<SuggestionRecord, 'id'> | undefined;
}

/** The entry for the bus when an author has saved tags; for suggestions that are written by themselves there is none. */
export function toArticleTagged({ articleId, authorId, tags, savedAt, shown }: SavedTags): {
  detailType: string;
  detail: ArticleTagged;
} {
  return {
    detailType: ARTICLE_TAGGED,
    detail: {
      metadata: { id: crypto.randomUUID(), version: '1' },
      data: {
        articleId,
        authorId,
        tags: [...tags],
        taggedAt: savedAt.toISOString(),
        ...(shown && { suggestionId: shown.id }),
      },
    },
  };
}

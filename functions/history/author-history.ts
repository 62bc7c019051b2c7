import { MAX_SNIPPET_BYTES } from '../contracts/limits.ts';
import { cutToBytes } from '../keywords/evidence.ts';
import { tagKey } from '../keywords/tag-key.ts';

/** A tag that an author kept on earlier articles. */
export interface KeptTag {
  /** As the author last spelled it. */
  label: string;
  /** Articles that carry it. */
  articles: number;
  /** The same, where each article back in time counts a tenth less than the one after it. */
  lately: number;
  /** Articles since it was last used: 0 for the latest; null when none of the {@link RECENT} latest carries it. */
  last: number | null;
}

/** An earlier article of the same author that speaks of the same things. */
export interface SimilarArticle {
  title: string;
  /** Share of the article's telling terms, by weight, that it contains, too: (0, 1]. */
  score: number;
  /** Keys of the tags that the author kept on it. */
  tags: ReadonlySet<string>;
}

/** What an author did on earlier articles, as far as it says something about the article at hand, which is left out. */
export interface AuthorHistory {
  /** Articles whose tags the author saved. */
  articles: number;
  /** Tags on them, by key. */
  tags: ReadonlyMap<string, KeptTag>;
  /**
   * For keys that the article at hand mentions, and those of tags kept before: earlier articles that mention them, of those
   * whose tags the author saved.
   */
  mentions: ReadonlyMap<string, number>;
  /** Most similar first, at most `MAX_SIMILAR`. */
  similar: readonly SimilarArticle[];
}

/** Latest articles that tell an author's present habits. */
export const RECENT = 30;
/** Similar articles that a store looks at for `MAX_SIMILAR` whose tags are known. */
export const LOOKED_AT = 30;
/** How much an article weighs against the one after it. */
const DECAY = 0.9;

/** What a store counts over an author's articles. */
export interface KeptByAuthor {
  articles: number;
  /** For each spelling the number of articles with it. */
  spellings: readonly { tag: string; articles: number }[];
  /** Tags of the {@link RECENT} latest articles, the latest first. */
  recent: readonly (readonly string[])[];
}

/** What a store finds once it is known what the article mentions. */
export interface RelatedArticles extends Pick<AuthorHistory, 'similar'> {
  /** Articles of the author that the store knows, saved tags or not. */
  published: number;
  /** Of these, for each key those that mention it. */
  mentions: ReadonlyMap<string, number>;
}

/** Derives an author's statistics from what a store counted: nothing in them is stored. */
export function toAuthorHistory(
  { articles, spellings, recent }: KeptByAuthor,
  { published, mentions, similar }: RelatedArticles,
): AuthorHistory {
  const tags = new Map<string, KeptTag>();
  for (const { tag, articles: count } of spellings) {
    const key = tagKey(tag);
    const known = tags.get(key);
    if (known) known.articles += count;
    else tags.set(key, { label: tag, articles: count, lately: 0, last: null });
  }
  recent.forEach((kept, rank) => {
    for (const tag of kept) {
      const known = tags.get(tagKey(tag));
      if (!known) continue;
      if (known.last === null) {
        known.last = rank;
        known.label = tag;
      }
      known.lately += DECAY ** rank;
    }
  });
  // Where tags were saved on some of the articles only, their share of the mentions is what can be told without a join.
  const share = published > articles ? articles / published : 1;
  const ofSaved = new Map([...mentions].map(([key, count]) => [key, count * share]));
  return { articles, tags, mentions: ofSaved, similar };
}

/** What {@link KeptTag.lately} of a tag on each of the latest articles would be. */
export function mostLately(articles: number): number {
  return (1 - DECAY ** Math.min(articles, RECENT)) / (1 - DECAY);
}

/** Titles of the author's most similar articles, to be embedded. */
export function titlesOf(history: AuthorHistory | undefined): string[] {
  return (history?.similar ?? []).map(({ title }) => cutToBytes(title, MAX_SNIPPET_BYTES));
}

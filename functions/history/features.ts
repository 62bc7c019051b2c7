import type { Features } from '../shared/fit.ts';
import { type AuthorHistory, type KeptTag, mostLately } from './author-history.ts';

/** Used within so many latest articles. */
const JUST_NOW = 3;

/**
 * How an author has used a tag: to an author what the catalogue's prior is to a platform. Part of both frequency and
 * semantic.
 *
 * @param articles whose tags the author saved
 * @param kept undefined for a tag that the author never used
 */
export function authorFeatures(
  articles: number,
  kept: Pick<KeptTag, 'articles' | 'lately' | 'last'> | undefined,
): Features {
  const last = kept?.last ?? null;
  return {
    authorArticles: Math.log1p(articles),
    authorShare: Math.log(((kept?.articles ?? 0) + 0.3) / (articles + 3)),
    authorLately: Math.log(((kept?.lately ?? 0) + 0.1) / (mostLately(articles) + 1)),
    authorLast: last === null ? 0 : 1 / (1 + last),
    authorJustNow: last !== null && last < JUST_NOW ? 1 : 0,
  };
}

/** All articles of an author weigh as much as a similar article that shares so much. */
const WEIGHT_OF_ALL = 0.3;

/**
 * What similar articles say of a tag when each votes with a weight.
 *
 * `Votes` levels off, so that articles that hardly differ, such as weekly notes, stay in the range that a fit has seen.
 *
 * @param weights of all similar articles, ≥ 0
 * @param carries whether each of them carries the tag
 * @param kept share of all the author's articles that carry it: what is likely where few or none are similar
 */
export function voteFeatures(
  name: string,
  weights: readonly number[],
  carries: readonly boolean[],
  kept: number,
): Features {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const votes = weights.reduce((sum, weight, index) => sum + (carries[index] ? weight : 0), 0);
  const share = (votes + WEIGHT_OF_ALL * kept) / (total + WEIGHT_OF_ALL);
  return {
    [`${name}Votes`]: votes / (1 + votes),
    [`${name}Share`]: share,
    [`${name}LogShare`]: Math.log(share + 0.02),
  };
}

/** Articles that mention a tag and were saved without it, after which its author is taken at their word. */
const LEFT_OUT = 8;

/**
 * Whether an author mentions a tag again and again and never keeps it: then it is not suggested, whatever else speaks for
 * it. On 702 articles in the order of dates F1 falls by .002 for it.
 */
export function isLeftOut(key: string, { tags, mentions }: AuthorHistory, mentionedAs = key): boolean {
  return !tags.has(key) && (mentions.get(mentionedAs) ?? 0) >= LEFT_OUT;
}

/** Of three articles that an author is taken to have written before, this share carries any given tag. */
const PRIOR_TAGGED = 0.1;
const PRIOR_ARTICLES = 3;

/**
 * The signals of `frequency` that an author's earlier articles give for a tag: counts, no vectors.
 *
 * @param options.inText whether the article at hand mentions the tag: then it matters how often its mention made it a tag,
 *   else how often it was one without
 * @param options.mentionedAs the key by which mentions are counted, where the author calls the tag by an alias
 */
export function frequencyHistory(
  key: string,
  { articles, tags, mentions, similar }: AuthorHistory,
  { inText, mentionedAs = key }: { inText: boolean; mentionedAs?: string },
): Features {
  const kept = tags.get(key);
  const mentioned = mentions.get(mentionedAs) ?? 0;
  const both = Math.min(mentioned, kept?.articles ?? 0);
  const [tagged, of] = inText
    ? [both, mentioned]
    : [(kept?.articles ?? 0) - both, Math.max(0, articles - mentioned)];
  return {
    ...authorFeatures(articles, kept),
    authorTagsAlike: Math.log(
      (tagged + PRIOR_ARTICLES * PRIOR_TAGGED) / (of - tagged + PRIOR_ARTICLES * (1 - PRIOR_TAGGED)),
    ),
    authorNeverTags: kept ? 0 : Math.log1p(mentioned),
    ...voteFeatures(
      'term',
      similar.map(({ score }) => score),
      similar.map((article) => article.tags.has(key)),
      (kept?.articles ?? 0) / articles,
    ),
  };
}

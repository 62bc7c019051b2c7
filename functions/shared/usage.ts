import type { Prior } from '../contracts/candidate.ts';
import type { Features } from './fit.ts';

/** A rate that a tag without any mention is taken to have: of ten mentions, one is tagged. */
const PRIOR_TAGGED = 0.3;
const PRIOR_MENTIONS = 3;

/**
 * How readily authors tag with what they mention, and how many use the tag at all: what the catalogue's prior says of
 * a tag before the article is read. Part of both frequency and semantic.
 */
export function usageFeatures({ authors, articles, mentions, taggedWhenMentioned }: Prior): Features {
  const rate = (taggedWhenMentioned + PRIOR_TAGGED) / (mentions + PRIOR_MENTIONS);
  return {
    usage: Math.log(rate / (1 - rate)),
    authors: Math.log1p(authors),
    articles: Math.log1p(articles),
  };
}

import type { ArticleText } from './article-text.ts';

/** Sentences of an article: its blocks, cut after 。！？ and their like. */
export function sentencesOf({ blocks }: Pick<ArticleText, 'blocks'>): string[] {
  return blocks.flatMap(({ text }) => text.match(SENTENCE) ?? []);
}

const SENTENCE = /[^。！？!?]+[。！？!?]*/g;

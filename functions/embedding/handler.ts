import type { Context } from 'aws-lambda';
import * as z from 'zod';
import {
  type ArticleEmbedding,
  articleRequest,
  type TextsEmbedding,
  textsRequest,
} from '../contracts/signals.ts';
import { acceptArticle } from '../shared/accept-article.ts';
import { readArticleText } from '../shared/article-text.ts';
import { logger } from '../shared/logger.ts';
import { embedArticle, embedTexts } from './embed.ts';
import { createModel2VecLoader, type Model2VecLoader } from './model-loader.ts';

const request = z.union([textsRequest, articleRequest]);

/** Builds the embedding function around a loader, so that the same function runs on AWS and on one machine. */
export function createHandler(loader: Pick<Model2VecLoader, 'load'>) {
  return async (input: unknown, context?: Context): Promise<ArticleEmbedding | TextsEmbedding> => {
    if (context) logger.addContext(context);
    const parsed = request.parse(input);
    if ('texts' in parsed) return embedTexts(await loader.load(), parsed.texts);
    const article = await acceptArticle(parsed.detail);
    return embedArticle(await loader.load(), readArticleText(article));
  };
}

/** Embeds either the article of an `ArticlePublished` event's `detail`, or a list of texts. */
export const handler = createHandler(createModel2VecLoader());

import type { Context } from 'aws-lambda';
import { articleRequest, type KeywordsAnswer } from '../contracts/signals.ts';
import { acceptArticle } from '../shared/accept-article.ts';
import { loadFit } from '../shared/fit.ts';
import { logger } from '../shared/logger.ts';
import { reportingFailure, subjectOf } from '../shared/report-failure.ts';
import { loadCatalogue } from './catalogue.ts';
import { createEmbeddedEngine } from './embedded.ts';
import type { KeywordEngine } from './engine.ts';
import { readPolicy } from './policy.ts';

/** Builds the keyword function around an engine, made at the first request and kept for the life of the process. */
export function createHandler(createEngine: () => Promise<KeywordEngine>) {
  let engine: Promise<KeywordEngine> | undefined;
  return async (request: unknown, context?: Context): Promise<KeywordsAnswer> => {
    if (context) logger.addContext(context);
    return reportingFailure(request, async () => {
      const article = await acceptArticle(articleRequest.parse(request).detail);
      engine ??= createEngine();
      const answer = await (await engine).extract(article);
      logger.info('extracted keywords', { ...subjectOf(request), candidates: answer.candidates.length });
      return answer;
    });
  };
}

/** Finds the tags that the article of an `ArticlePublished` event's `detail` could carry. */
export const handler = createHandler(async () =>
  createEmbeddedEngine({ catalogue: loadCatalogue(), fit: loadFit(), policy: readPolicy() }),
);

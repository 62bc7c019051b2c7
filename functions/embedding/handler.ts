import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import {
  type ArticleEmbedding,
  articleRequest,
  type TermsEmbedding,
  termsRequest,
} from '../contracts/signals.ts';
import { acceptArticle } from '../shared/accept-article.ts';
import { readArticleText } from '../shared/article-text.ts';
import { logger } from '../shared/logger.ts';
import { METRIC } from '../shared/metric-names.ts';
import { metrics } from '../shared/metrics.ts';
import { reportingFailure, subjectOf } from '../shared/report-failure.ts';
import { embedArticle, embedTerms } from './embed.ts';
import { createLoaderFromEnvironment } from './environment.ts';
import type { Model2VecLoader } from './model-loader.ts';

/** Not a union: what is wrong with terms must be told, not read as an article without any. */
const namesTerms = (input: unknown) => typeof input === 'object' && input !== null && 'terms' in input;

/** Builds the embedding function around a loader, so that the same function runs on AWS and on one machine. */
export function createHandler(loader: Pick<Model2VecLoader, 'load'>) {
  return async (input: unknown, context?: Context): Promise<ArticleEmbedding | TermsEmbedding> => {
    if (context) logger.addContext(context);
    return reportingFailure(input, async () => {
      const terms = namesTerms(input) ? termsRequest.parse(input) : undefined;
      const { detail } = terms ?? articleRequest.parse(input);
      const text = readArticleText(await acceptArticle(detail));
      const model = await loader.load();
      logger.info(terms ? 'embedding candidates' : 'embedding the article', subjectOf(input));
      return terms ? embedTerms(model, terms, text) : embedArticle(model, text);
    });
  };
}

let onAws: ReturnType<typeof createHandler> | undefined;

/** Embeds either the article of an `ArticlePublished` event's `detail`, or terms of it. */
export async function handler(input: unknown, context?: Context): Promise<ArticleEmbedding | TermsEmbedding> {
  onAws ??= createHandler(countingFailures(createLoaderFromEnvironment()));
  return onAws(input, context);
}

/** Embeddings are missing while the model cannot be loaded; the workflow goes on without, so a metric must tell. */
function countingFailures(loader: Pick<Model2VecLoader, 'load'>): Pick<Model2VecLoader, 'load'> {
  return {
    async load() {
      try {
        return await loader.load();
      } catch (error) {
        const { name, message } = error as Error;
        logger.error('model not loaded', { error: name, reason: message });
        metrics.addMetric(METRIC.modelLoadErrors, MetricUnit.Count, 1);
        metrics.publishStoredMetrics();
        throw error;
      }
    },
  };
}

import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { loadFit } from '../../shared/fit.ts';
import { logger } from '../../shared/logger.ts';
import { METRIC } from '../../shared/metric-names.ts';
import { metrics } from '../../shared/metrics.ts';
import { loadCatalogue } from '../catalogue.ts';
import { createHandler } from '../handler.ts';
import type { Indexed } from './article-index.ts';
import { createOpenSearchClient } from './client.ts';
import { createOpenSearchEngine } from './engine.ts';
import { readSearchEnvironment } from './environment.ts';

/** Finds the tags that the article of an `ArticlePublished` event's `detail` could carry, with OpenSearch. */
export const handler = createHandler(async () => {
  const { connection, indexPrefix, timeout, policy } = readSearchEnvironment();
  return createOpenSearchEngine({
    client: createOpenSearchClient(connection),
    fit: loadFit(),
    prior: loadCatalogue(),
    indexPrefix,
    timeout,
    policy,
    onIndexed: recordIndexing,
  });
});

/** An article that was not indexed costs no suggestion, but an operator should know that the index falls behind. */
export function recordIndexing(
  outcome: Indexed | Error,
  article: { articleId: string; revision: number },
): void {
  if (!(outcome instanceof Error)) return;
  logger.warn('article not indexed', { ...article, error: outcome.name, reason: outcome.message });
  metrics.addMetric(METRIC.articleNotIndexed, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

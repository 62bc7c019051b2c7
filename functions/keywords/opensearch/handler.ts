import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Stored } from '../../history/store.ts';
import { loadFit } from '../../shared/fit.ts';
import { logger } from '../../shared/logger.ts';
import { METRIC } from '../../shared/metric-names.ts';
import { metrics } from '../../shared/metrics.ts';
import { loadCatalogue } from '../catalogue.ts';
import { createHandler } from '../handler.ts';
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
    onStored: reportStoring,
  });
});

/** An article that was not stored costs no suggestion, but an operator should know that histories fall behind. */
export function reportStoring(
  outcome: Stored | Error,
  { articleId, revision }: { articleId: string; revision: number },
): void {
  if (!(outcome instanceof Error)) return;
  const { name, message } = outcome;
  logger.warn('article not indexed', { articleId, revision, error: name, reason: message });
  metrics.addMetric(METRIC.articleNotIndexed, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

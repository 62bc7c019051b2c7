import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { articleTagged } from '../contracts/article-tagged.ts';
import { createOpenSearchClient } from '../keywords/opensearch/client.ts';
import { readSearchEnvironment } from '../keywords/opensearch/environment.ts';
import { describeIssues } from '../shared/accept-article.ts';
import { logger } from '../shared/logger.ts';
import { METRIC } from '../shared/metric-names.ts';
import { metrics } from '../shared/metrics.ts';
import { reportingFailure, subjectOf } from '../shared/report-failure.ts';
import { OpenSearchHistory } from './opensearch/opensearch-history.ts';
import type { HistoryStore, Stored } from './store.ts';

const busEvent = z.object({ id: z.string().optional(), detail: articleTagged });

/**
 * Builds the history function around a store, made at the first event and kept for the life of the process.
 *
 * An event that breaks its contract is counted, named in the log and dropped: no retry mends it. What the store throws
 * is thrown, so that Lambda tries again and then puts the event into the dead-letter queue.
 */
export function createHandler(createStore: () => HistoryStore) {
  let store: HistoryStore | undefined;
  return async (event: unknown, context?: Context): Promise<Stored | 'refused'> => {
    if (context) logger.addContext(context);
    const parsed = busEvent.safeParse(event);
    if (!parsed.success) return refuse(event, describeIssues(parsed.error));
    return reportingFailure(event, async () => {
      store ??= createStore();
      const { data } = parsed.data.detail;
      const outcome = await store.record(data);
      logger.info('recorded tags', { articleId: data.articleId, tags: data.tags.length, outcome });
      return outcome;
    });
  };
}

function refuse(event: unknown, reason: string): 'refused' {
  const { id } = (event ?? {}) as { id?: unknown };
  logger.error('tags refused', { articleId: subjectOf(event).articleId, eventId: id, reason });
  metrics.addMetric(METRIC.tagsRefused, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return 'refused';
}

/** Records what an author kept on an article, as an `ArticleTagged` event from the bus says it. */
export const handler = createHandler(() => {
  const { connection, indexPrefix, timeout } = readSearchEnvironment();
  return new OpenSearchHistory({
    client: createOpenSearchClient(connection),
    indexPrefix,
    signal: () => AbortSignal.timeout(timeout),
  });
});

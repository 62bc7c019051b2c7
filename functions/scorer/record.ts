import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { TagsSuggested } from '../contracts/tags-suggested.ts';
import { METRIC } from '../shared/metric-names.ts';
import { metrics } from '../shared/metrics.ts';

/** Tells an operator how well one article was served. */
export function recordSuggestion({ data: { tags, degraded } }: TagsSuggested): void {
  const flag = (name: string, set: boolean) => metrics.addMetric(name, MetricUnit.Count, set ? 1 : 0);
  flag(METRIC.degraded, degraded.length > 0);
  flag(METRIC.keywordsDegraded, degraded.includes('keywords'));
  flag(METRIC.embeddingDegraded, degraded.includes('embedding'));
  flag(METRIC.withoutTags, tags.length === 0);
  metrics.addMetric(METRIC.tags, MetricUnit.Count, tags.length);
  metrics.publishStoredMetrics();
}

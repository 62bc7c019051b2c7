import { Metrics } from '@aws-lambda-powertools/metrics';

/** One set of metrics for all functions, written as embedded metrics into the log: no call, no cost of time. */
export const metrics = new Metrics({
  namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'TagSuggestions',
  serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? 'tag-suggestions',
});

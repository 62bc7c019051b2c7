/** Names of the metrics that functions write and that alarms and the dashboard read. */
export const METRIC = {
  /** 1 for an article whose tags came with a signal missing or from its stand-in, else 0: the average is the share. */
  degraded: 'Degraded',
  keywordsDegraded: 'KeywordsDegraded',
  embeddingDegraded: 'EmbeddingDegraded',
  /** 1 for an article in which nothing scored, else 0. */
  withoutTags: 'WithoutTags',
  /** Number of tags suggested for an article. */
  tags: 'Tags',
  /** The model could not be fetched or loaded. */
  modelLoadErrors: 'ModelLoadErrors',
  /** The article was suggested tags for, but is not kept for its author's next ones. */
  articleNotIndexed: 'ArticleNotIndexed',
  /** An `ArticleTagged` event breaks its contract and was dropped. */
  tagsRefused: 'TagsRefused',
} as const;

export type MetricName = (typeof METRIC)[keyof typeof METRIC];

/** CloudWatch namespace. */
export const METRICS_NAMESPACE = 'TagSuggestions';

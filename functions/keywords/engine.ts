import type { KeywordsAnswer } from '../contracts/signals.ts';
import type { AcceptedArticle } from '../shared/accept-article.ts';

/** Finds the tags that an article could carry. Two engines: OpenSearch, and the embedded one that stands in for it. */
export interface KeywordEngine {
  /**
   * @returns at most 100 candidates, best first; none when the article says nothing that could be a tag
   * @throws KeywordsError when the engine does not answer as it should (OpenSearch only)
   */
  extract(article: AcceptedArticle): Promise<KeywordsAnswer>;
}

import type { Client } from '@opensearch-project/opensearch';
import type { AcceptedArticle } from '../../shared/accept-article.ts';
import { type ArticleText, readArticleText } from '../../shared/article-text.ts';
import { assertFits, type Fit } from '../../shared/fit.ts';
import { codeLanguages } from '../code.ts';
import type { KeywordEngine } from '../engine.ts';
import { type Corpus, type Found, findCandidates, toAnswer, toCandidates } from '../extract.ts';
import { allowed, DEFAULT_POLICY, type Policy } from '../policy.ts';
import { cutUnits } from '../units.ts';
import { type Indexed, indexArticle } from './article-index.ts';
import { withDeadline } from './client.ts';
import { articlesAlias, DEFAULT_INDEX_PREFIX, tagsAlias } from './indices.ts';
import { percolateRequest, readPercolation } from './percolation.ts';
import { knownMorphemes, readTermVectors, termVectorsRequest, withPrior } from './term-vectors.ts';

export interface OpenSearchEngineOptions {
  client: Client;
  fit: Fit;
  /** Counts that ship with the catalogue, in place of those that a young index does not have yet. */
  prior: Corpus;
  /** @default tag-suggestions */
  indexPrefix?: string;
  /** Milliseconds for everything that one extraction asks of OpenSearch, credentials included. @default 1500 */
  timeout?: number;
  /** @default {@link DEFAULT_POLICY} */
  policy?: Policy;
  /** Told what became of the article in the index; its failure costs no suggestion. */
  onIndexed?: (outcome: Indexed | Error, article: { articleId: string; revision: number }) => void;
}

/** Three attempts, as the state machine makes them, and the embedded engine after them stay well below 10 s. */
const TIMEOUT_MS = 1500;

/**
 * The keyword engine on AWS: morphemes, document frequencies and the catalogue are asked of OpenSearch; what is made
 * of them is the same as in the embedded engine.
 */
export function createOpenSearchEngine(options: OpenSearchEngineOptions): KeywordEngine {
  const { client, fit, indexPrefix = DEFAULT_INDEX_PREFIX, timeout = TIMEOUT_MS } = options;
  const { policy = DEFAULT_POLICY, onIndexed } = options;
  return {
    async extract(article) {
      const signal = AbortSignal.timeout(timeout);
      const text = readArticleText(article);
      const { found, version } = await findInArticle(article, { ...options, text, signal });
      assertFits(fit, { catalogue: version });
      const { articleId, revision, tags = [] } = article;
      const candidates = toCandidates(allowed(found, policy, tags), fit, article);
      const outcome = await indexArticle(client, {
        index: articlesAlias(indexPrefix),
        article,
        text,
        signal,
      }).catch((error: Error) => error);
      onIndexed?.(outcome, { articleId, revision });
      return toAnswer(article, version, candidates);
    },
  };
}

/**
 * Everything in an article that could be suggested, measured with the counts of the index and the prior.
 *
 * @throws KeywordsError when OpenSearch does not answer as it should before the signal aborts
 */
export async function findInArticle(
  article: Pick<AcceptedArticle, 'articleId'>,
  options: Pick<OpenSearchEngineOptions, 'client' | 'prior' | 'indexPrefix'> & {
    text: ArticleText;
    signal: AbortSignal;
  },
): Promise<{ found: Found[]; version: string }> {
  const { client, prior, indexPrefix = DEFAULT_INDEX_PREFIX, text, signal } = options;
  const texts = text.blocks.map((block) => block.text);
  // The names of code languages are no text; as percolated words they fetch their tags all the same.
  const words = [...texts, ...codeLanguages(text.code).keys()];
  const [vectors, percolation] = await withDeadline(signal, [
    client.mtermvectors(termVectorsRequest(articlesAlias(indexPrefix), article.articleId, texts)),
    client.search(percolateRequest(tagsAlias(indexPrefix), words)),
  ]);
  const { morphemes, ...counts } = readTermVectors(vectors, texts);
  const { catalogue, blocked } = readPercolation(percolation);
  const blocks = text.blocks.map((block, index) => ({
    ...block,
    units: cutUnits(block.text, knownMorphemes(morphemes[index] ?? [])),
  }));
  const found = findCandidates({ text, blocks, catalogue, corpus: withPrior(counts, prior) });
  return { found: found.filter(({ key }) => !blocked.has(key)), version: catalogue.version };
}

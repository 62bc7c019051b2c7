import type { Client } from '@opensearch-project/opensearch';
import type { AuthorHistory } from '../../history/author-history.ts';
import { keysOf, relatedQueryOf, withHistory } from '../../history/candidates.ts';
import { type Author, authorRequests, readAuthor } from '../../history/opensearch/author.ts';
import { articleDocument, keptDocument } from '../../history/opensearch/documents.ts';
import { OpenSearchHistory } from '../../history/opensearch/opensearch-history.ts';
import { recallRelated } from '../../history/recall.ts';
import type { RelatedQuery, Stored } from '../../history/store.ts';
import type { AcceptedArticle } from '../../shared/accept-article.ts';
import { type ArticleText, readArticleText } from '../../shared/article-text.ts';
import { assertFits, type Fit } from '../../shared/fit.ts';
import { codeLanguages } from '../code.ts';
import type { KeywordEngine } from '../engine.ts';
import { type Corpus, type Found, findCandidates, toAnswer, toCandidates } from '../extract.ts';
import { allowed, DEFAULT_POLICY, type Policy } from '../policy.ts';
import { cutUnits } from '../units.ts';
import { type PendingRequest, withDeadline } from './client.ts';
import { articlesAlias, DEFAULT_INDEX_PREFIX, tagsAlias } from './indices.ts';
import { blockedRequest, percolateRequest, readBlocked, readPercolation } from './percolation.ts';
import { knownMorphemes, readTermVectors, termVectorsRequest } from './term-vectors.ts';

export interface OpenSearchEngineOptions {
  client: Client;
  fit: Fit;
  /** In how many articles a term occurs: the counts that ship with the catalogue, which no author moves. */
  prior: Corpus;
  /** @default tag-suggestions */
  indexPrefix?: string;
  /** Milliseconds for everything that one extraction asks of OpenSearch, credentials included. @default 1500 */
  timeout?: number;
  /** @default {@link DEFAULT_POLICY} */
  policy?: Policy;
  /** Told what became of the article in its author's history; its failure costs no suggestion. */
  onStored?: (outcome: Stored | Error, article: { articleId: string; revision: number }) => void;
}

/** Three attempts, as the state machine makes them, and the embedded engine after them stay well below 10 s. */
const TIMEOUT_MS = 1500;

/**
 * The keyword engine on AWS: morphemes, the catalogue and what the author kept are asked of OpenSearch; what is made of
 * them is the same as in the embedded engine.
 */
export function createOpenSearchEngine(options: OpenSearchEngineOptions): KeywordEngine {
  const { client, fit, prior, indexPrefix = DEFAULT_INDEX_PREFIX, timeout = TIMEOUT_MS } = options;
  const { policy = DEFAULT_POLICY, onStored } = options;
  return {
    async extract(article) {
      const search = { client, prior, indexPrefix, signal: AbortSignal.timeout(timeout) };
      const { found, version, history, author } = await findWithHistory(article, search);
      assertFits(fit, { catalogue: version });
      const candidates = toCandidates(allowed(found, policy, article.tags), fit, article, history);
      if (author) {
        const outcome = await store(author, keysOf(found), search).catch((error: Error) => error);
        onStored?.(outcome, article);
      }
      return toAnswer(article, version, candidates, history);
    },
  };
}

/** How to ask OpenSearch, and until when. */
type Search = Pick<OpenSearchEngineOptions, 'client' | 'prior' | 'indexPrefix'> & { signal: AbortSignal };

/**
 * Everything in an article that could be suggested, and what its author kept before.
 *
 * @returns `author` where the article names one
 * @throws KeywordsError when OpenSearch does not answer as it should before the signal aborts
 */
export async function findWithHistory(
  article: AcceptedArticle,
  search: Search,
): Promise<{
  found: Found[];
  version: string;
  history: AuthorHistory | undefined;
  author: (Author & { article: Authored }) | undefined;
}> {
  const { client, prior, indexPrefix = DEFAULT_INDEX_PREFIX, signal } = search;
  const text = readArticleText(article);
  const authored = withAuthor(article);
  const [vectors, percolation, ...answers] = await withDeadline(signal, [
    ...textRequests(client, indexPrefix, text),
    ...(authored ? authorRequests(client, indexPrefix, authored) : []),
  ]);
  const { found, version } = readFound([vectors, percolation], text, prior);
  const author = authored && { ...readAuthor(answers), article: authored };
  const known = author && (await recall(author, relatedQueryOf(found, prior), search));
  if (!known) return { found, version, history: undefined, author };
  const { history, blocked } = known;
  const withKept = withHistory(found, history).filter(({ key }) => !blocked.has(key));
  return { found: withKept, version, history, author };
}

/**
 * Everything in an article that could be suggested, without regard to its author's history.
 *
 * @throws KeywordsError when OpenSearch does not answer as it should before the signal aborts
 */
export async function findInArticle(
  article: Pick<AcceptedArticle, 'title' | 'body' | 'format'>,
  search: Search,
): Promise<{ found: Found[]; version: string }> {
  const { client, prior, indexPrefix = DEFAULT_INDEX_PREFIX, signal } = search;
  const text = readArticleText(article);
  return readFound(await withDeadline(signal, textRequests(client, indexPrefix, text)), text, prior);
}

function textRequests(client: Client, indexPrefix: string, text: ArticleText): PendingRequest[] {
  const texts = text.blocks.map((block) => block.text);
  // The names of code languages are no text; as percolated words they fetch their tags all the same.
  const words = [...texts, ...codeLanguages(text.code).keys()];
  return [
    client.mtermvectors(termVectorsRequest(articlesAlias(indexPrefix), texts)),
    client.search(percolateRequest(tagsAlias(indexPrefix), words)),
  ];
}

function readFound(
  [vectors, percolation]: readonly unknown[],
  text: ArticleText,
  corpus: Corpus,
): { found: Found[]; version: string } {
  const morphemes = readTermVectors(
    vectors,
    text.blocks.map((block) => block.text),
  );
  const { catalogue, blocked } = readPercolation(percolation);
  const blocks = text.blocks.map((block, index) => ({
    ...block,
    units: cutUnits(block.text, knownMorphemes(morphemes[index] ?? [])),
  }));
  const found = findCandidates({ text, blocks, catalogue, corpus });
  return { found: found.filter(({ key }) => !blocked.has(key)), version: catalogue.version };
}

type Authored = AcceptedArticle & { authorId: string };

function withAuthor(article: AcceptedArticle): Authored | undefined {
  const { authorId } = article;
  return authorId === undefined ? undefined : { ...article, authorId };
}

/** The author's history, and which of the tags in it are blocked; undefined of an author who is not known. */
async function recall(
  { kept, forgotten, article }: Author & { article: Authored },
  query: RelatedQuery,
  { client, indexPrefix = DEFAULT_INDEX_PREFIX, signal }: Search,
): Promise<{ history: AuthorHistory; blocked: ReadonlySet<string> } | undefined> {
  if (kept.articles === 0 || Date.parse(article.publishedAt) <= forgotten) return undefined;
  const store = new OpenSearchHistory({ client, indexPrefix, signal: () => signal });
  const labels = kept.spellings.map(({ tag }) => tag);
  const [history, [blocked]] = await Promise.all([
    recallRelated(store, article, kept, query),
    withDeadline(signal, [client.search(blockedRequest(tagsAlias(indexPrefix), labels))]),
  ]);
  return history && { history, blocked: readBlocked(blocked) };
}

/** Keeps for the author's next articles what this one mentions and, as accepted, the tags that it carries. */
async function store(
  { forgotten, article }: Author & { article: Authored },
  keys: readonly string[],
  { client, indexPrefix = DEFAULT_INDEX_PREFIX, signal }: Search,
): Promise<Stored> {
  const { articleId, revision, authorId, title, tags = [], publishedAt } = article;
  const [outcome] = await new OpenSearchHistory({ client, indexPrefix, signal: () => signal }).write(
    article,
    [
      articleDocument(indexPrefix, { articleId, revision, authorId, title, keys, publishedAt }),
      ...(tags.length > 0
        ? [keptDocument(indexPrefix, { articleId, authorId, tags, taggedAt: publishedAt })]
        : []),
    ],
    forgotten,
  );
  return outcome!;
}

import { join } from 'node:path';
import { createHandler as createEmbedding } from '../../functions/embedding/handler.ts';
import { createModel2VecLoader } from '../../functions/embedding/model-loader.ts';
import type { HistoryStore } from '../../functions/history/store.ts';
import { loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createEmbeddedEngine } from '../../functions/keywords/embedded.ts';
import { createHandler as createKeywords } from '../../functions/keywords/handler.ts';
import { createOpenSearchClient } from '../../functions/keywords/opensearch/client.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { readSearchEnvironment } from '../../functions/keywords/opensearch/environment.ts';
import { readPolicy } from '../../functions/keywords/policy.ts';
import { createHandler as createScorer } from '../../functions/scorer/handler.ts';
import { DEFAULT_SCORING } from '../../functions/scorer/rank.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import type { Functions } from './workflow.ts';

const MODEL = process.env.MODEL_PATH ?? join(import.meta.dirname, '../../model');

/**
 * The very handlers that AWS runs, on this machine: the model from its folder, no bus, and the embedded keyword engine
 * unless the address of an OpenSearch is given.
 */
export function createLocalFunctions(
  options: { opensearch?: string | undefined; history?: HistoryStore | undefined } = {},
): Functions {
  const { opensearch, history } = options;
  const fit = loadFit();
  const embedded = createKeywords(() =>
    createEmbeddedEngine({ catalogue: loadCatalogue(), fit, policy: readPolicy(), history }),
  );
  const environment = opensearch && readSearchEnvironment({ ...process.env, OPENSEARCH_URL: opensearch });
  return {
    KeywordsFunctionArn: environment
      ? createKeywords(async () =>
          createOpenSearchEngine({
            ...environment,
            client: createOpenSearchClient(environment.connection),
            fit,
            prior: loadCatalogue(),
          }),
        )
      : embedded,
    FallbackKeywordsFunctionArn: embedded,
    EmbeddingFunctionArn: createEmbedding(createModel2VecLoader({ modelPath: MODEL })),
    ScorerFunctionArn: createScorer({ publish: async () => {}, fit, scoring: DEFAULT_SCORING }),
  };
}

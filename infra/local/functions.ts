import { join } from 'node:path';
import { createHandler as createEmbedding } from '../../functions/embedding/handler.ts';
import { createModel2VecLoader } from '../../functions/embedding/model-loader.ts';
import { loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { createEmbeddedEngine } from '../../functions/keywords/embedded.ts';
import { createHandler as createKeywords } from '../../functions/keywords/handler.ts';
import { createHandler as createScorer } from '../../functions/scorer/handler.ts';
import { DEFAULT_SCORING } from '../../functions/scorer/rank.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import type { Functions } from './workflow.ts';

const MODEL = process.env.MODEL_PATH ?? join(import.meta.dirname, '../../model');

/** The very handlers that AWS runs, on this machine: the embedded keyword engine, the model from its folder, no bus. */
export function createLocalFunctions(): Functions {
  const fit = loadFit();
  const keywords = createKeywords(() => createEmbeddedEngine({ catalogue: loadCatalogue(), fit }));
  return {
    KeywordsFunctionArn: keywords,
    FallbackKeywordsFunctionArn: keywords,
    EmbeddingFunctionArn: createEmbedding(createModel2VecLoader({ modelPath: MODEL })),
    ScorerFunctionArn: createScorer({ publish: async () => {}, fit, scoring: DEFAULT_SCORING }),
  };
}

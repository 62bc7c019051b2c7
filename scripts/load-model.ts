import {
  DimensionMismatch,
  ModelCorrupt,
  ModelNotFound,
  VocabularyIncomplete,
} from '../functions/embedding/errors.ts';
import { createModel2VecLoader } from '../functions/embedding/model-loader.ts';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import { UsageError } from './command.ts';

const MODEL_ERRORS = [ModelNotFound, ModelCorrupt, VocabularyIncomplete, DimensionMismatch];

/**
 * Loads the model that the user of a command named.
 *
 * @throws UsageError when it is missing or not whole
 */
export async function loadModel(modelPath: string): Promise<Model2Vec> {
  try {
    return await createModel2VecLoader({ modelPath }).load();
  } catch (cause) {
    if (MODEL_ERRORS.some((kind) => cause instanceof kind))
      throw new UsageError((cause as Error).message, { cause });
    throw cause;
  }
}

import { join } from 'node:path';
import { createModel2VecLoader } from '../functions/embedding/model-loader.ts';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import { loadJapaneseTokenizer } from '../functions/keywords/japanese-tokenizer.ts';
import type { Instruments } from './measure.ts';

/** The project's own model folder. */
export const MODEL = process.env.MODEL_PATH ?? join(import.meta.dirname, '../model');

/** Loads what measuring needs: the catalogue, the dictionary and the model. */
export async function loadInstruments(
  options: { catalogue?: string | undefined } = {},
): Promise<Instruments> {
  const [japanese, model] = await Promise.all([
    loadJapaneseTokenizer(),
    createModel2VecLoader({ modelPath: MODEL }).load(),
  ]);
  return { catalogue: loadCatalogue(options.catalogue), japanese, model };
}

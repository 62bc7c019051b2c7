import { join } from 'node:path';
import { createModel2VecLoader } from '../functions/embedding/model-loader.ts';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import { type Catalogue, loadCatalogue } from '../functions/keywords/catalogue.ts';
import { loadJapaneseTokenizer } from '../functions/keywords/japanese-tokenizer.ts';
import { loadFit, type TagDirection } from '../functions/shared/fit.ts';
import type { Instruments } from './measure.ts';
import { fitTagDirection } from './tag-direction.ts';

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
  const catalogue = loadCatalogue(options.catalogue);
  return { catalogue, japanese, model, tagDirection: tagDirectionFor(catalogue, model) };
}

/** That of the shipped fit, or a new one for another model or catalogue. */
function tagDirectionFor(catalogue: Catalogue, model: Model2Vec): TagDirection {
  const { model: fitted, catalogue: counted, tagDirection } = loadFit();
  const isFor =
    fitted.sha256 === model.metadata.files['model2vec.bin'].sha256 && counted.version === catalogue.version;
  return isFor && tagDirection ? tagDirection : fitTagDirection(catalogue, model);
}

import type { Scoring } from '../functions/scorer/rank.ts';
import type { Fit } from '../functions/shared/fit.ts';
import { fitParts } from './fitting.ts';
import { type Instruments, judge, type Measured } from './measure.ts';
import type { Judged } from './metrics.ts';

/** Judges each source's articles by a fit of all the others. */
export function crossValidate(
  measured: readonly Measured[],
  { model, catalogue }: Instruments,
  scoring: Scoring,
): Judged[] {
  const sources = Map.groupBy(measured, ({ source }) => source);
  return [...sources].flatMap(([source, own]) => {
    const others = measured.filter((one) => one.source !== source);
    const fit: Fit = {
      version: `without ${source}`,
      model: { sha256: model.metadata.files['model2vec.bin'].sha256 },
      catalogue: { version: catalogue.version },
      ...fitParts(others),
    };
    return own.map((one) => judge(one, fit, scoring));
  });
}

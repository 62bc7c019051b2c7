import type { Scoring } from '../functions/scorer/rank.ts';
import type { Fit } from '../functions/shared/fit.ts';
import { UsageError } from './command.ts';
import { fitLanguages } from './fitting.ts';
import { type Instruments, judge, type Measured } from './measure.ts';
import type { Judged } from './metrics.ts';

/** The model and catalogue that a fit is made with. */
type BelongsTo = Pick<Fit, 'model' | 'catalogue'>;

/** One source's articles and a fit that has not seen them. */
export interface Fold {
  source: string;
  /** Positions of the source's articles among all. */
  own: number[];
  fit: Fit;
}

/**
 * Fits once for each source, on the articles of all the others.
 *
 * @throws UsageError when there is only one source
 */
export function* leaveOneSourceOut(measured: readonly Measured[], belongsTo: BelongsTo): Generator<Fold> {
  const sources = Map.groupBy(measured.keys(), (index) => measured[index]!.source);
  if (sources.size < 2) {
    throw new UsageError(
      `cross-validation needs articles of at least two sources, there are ${sources.size}`,
    );
  }
  for (const [source, own] of sources) {
    const others = measured.filter((one) => one.source !== source);
    yield { source, own, fit: { version: `without ${source}`, ...belongsTo, ...fitLanguages(others) } };
  }
}

/** Judges each source's articles by a fit of all the others. */
export function crossValidate(
  measured: readonly Measured[],
  { model, catalogue }: Instruments,
  scoring: Scoring,
): Judged[] {
  const belongsTo = {
    model: { sha256: model.metadata.files['model2vec.bin'].sha256 },
    catalogue: { version: catalogue.version },
  };
  return [...leaveOneSourceOut(measured, belongsTo)].flatMap(({ own, fit }) =>
    own.map((index) => judge(measured[index]!, fit, scoring)),
  );
}

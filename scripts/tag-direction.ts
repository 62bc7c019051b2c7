import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import type { Catalogue } from '../functions/keywords/catalogue.ts';
import type { TagDirection } from '../functions/shared/fit.ts';
import { solveSymmetric } from './logistic-regression.ts';

/** A term that is in many articles tells no more about terms than one that is in a few. */
const MOST_ARTICLES = 3;
/** Of the mean variance, added to each: the directions in which terms hardly differ say nothing. */
const RIDGE = 0.1;

/**
 * Finds the direction in which the vectors of tags lie apart from those of other terms (Fisher's linear discriminant),
 * each term counted by how often an article that mentions it is tagged with it. So a phrase that no catalogue knows is
 * told by its neighbours: 量子将棋 is more like a tag than 今回 is.
 */
export function fitTagDirection(catalogue: Catalogue, model: Model2Vec): TagDirection {
  const { dimension } = model;
  const tagged = new Moments(dimension);
  const all = new Moments(dimension);
  for (const { label, mentions, taggedWhenMentioned } of termsOf(catalogue)) {
    const vector = model.embed(label);
    if (!vector.some((component) => component !== 0)) continue;
    const weight = Math.min(mentions, MOST_ARTICLES);
    tagged.add(vector, weight * (taggedWhenMentioned / mentions));
    all.add(vector, weight, true);
  }
  const rest = 1 / (all.weight - tagged.weight);
  const apart = Float64Array.from(tagged.mean, (mean, i) => mean - (all.sum[i]! - tagged.sum[i]!) * rest);
  const direction = solveSymmetric(all.covariance(RIDGE), apart);
  const bias = -direction.reduce((sum, weight, i) => sum + weight * all.mean[i]!, 0);
  return { bias: round(bias), direction: Array.from(direction, round) };
}

function* termsOf(catalogue: Catalogue) {
  for (const { label, prior } of catalogue.tags) {
    const mentions = Math.max(prior.mentions, prior.taggedWhenMentioned, 1);
    yield { label, mentions, taggedWhenMentioned: prior.taggedWhenMentioned };
  }
  for (const [key, documents] of catalogue.terms) {
    if (!catalogue.find(key)) yield { label: key, mentions: documents, taggedWhenMentioned: 0 };
  }
}

/** Weighted sums of vectors and, where asked for, of their products. */
class Moments {
  weight = 0;
  readonly sum: Float64Array;
  readonly #products: Float64Array[];

  constructor(dimension: number) {
    this.sum = new Float64Array(dimension);
    this.#products = Array.from({ length: dimension }, (_, i) => new Float64Array(i + 1));
  }

  add(vector: Float32Array, weight: number, withProducts = false): void {
    this.weight += weight;
    for (let i = 0; i < vector.length; i += 1) {
      const scaled = weight * vector[i]!;
      this.sum[i]! += scaled;
      if (!withProducts) continue;
      const row = this.#products[i]!;
      for (let j = 0; j <= i; j += 1) row[j]! += scaled * vector[j]!;
    }
  }

  get mean(): Float64Array {
    return this.sum.map((component) => component / this.weight);
  }

  /** Lower triangle, with a share of the mean variance added to the diagonal. */
  covariance(ridge: number): Float64Array[] {
    const { mean } = this;
    const rows = this.#products.map((row, i) =>
      row.map((product, j) => product / this.weight - mean[i]! * mean[j]!),
    );
    const variance = rows.reduce((sum, row, i) => sum + row[i]!, 0) / rows.length;
    rows.forEach((row, i) => {
      row[i]! += ridge * variance;
    });
    return rows;
  }
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

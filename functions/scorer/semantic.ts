import type { Candidate } from '../contracts/candidate.ts';
import type { ArticleEmbedding, TextsEmbedding } from '../contracts/signals.ts';
import { cosineSimilarity, decodeVector } from '../contracts/vector.ts';
import { type Features, type Fit, relevances } from '../shared/fit.ts';
import { usageFeatures } from '../shared/usage.ts';

type ArticleVectors = { [Part in keyof ArticleEmbedding['vectors']]: Float32Array | null };

/**
 * The signals of `semantic` for one candidate: cosines of its label with the article's parts, and how the platform
 * has used it. No counts, no positions. A part that the article lacks takes the whole text's place.
 */
export function semanticFeatures(
  { known, prior }: Pick<Candidate, 'known' | 'prior'>,
  label: Float32Array | null,
  article: ArticleVectors,
): Features {
  const cosineWith = (part: Float32Array | null) => (label && part ? cosineSimilarity(label, part) : 0);
  return {
    whole: cosineWith(article.whole),
    title: cosineWith(article.title ?? article.whole),
    headings: cosineWith(article.headings ?? article.whole),
    lead: cosineWith(article.lead ?? article.whole),
    embedded: label ? 1 : 0,
    ...(known && prior && usageFeatures(prior)),
  };
}

/** A candidate's vectors and prior as the fit reads them. */
export interface SemanticSignals {
  known: boolean;
  features: Features;
}

/** The signals of `semantic` for all candidates, in their order. */
export function semanticSignals(
  candidates: readonly Pick<Candidate, 'known' | 'prior'>[],
  labels: TextsEmbedding,
  article: ArticleEmbedding,
): SemanticSignals[] {
  const { title, headings, lead, whole } = article.vectors;
  const vectors = {
    title: decode(title),
    headings: decode(headings),
    lead: decode(lead),
    whole: decode(whole),
  };
  return candidates.map((candidate, index) => ({
    known: candidate.known,
    features: semanticFeatures(candidate, decode(labels.vectors[index] ?? null), vectors),
  }));
}

/** `semantic` of each candidate, in [0, 1] on the scale whose cut is 0.3. */
export function semanticRelevances(
  candidates: readonly Candidate[],
  labels: TextsEmbedding,
  article: ArticleEmbedding,
  fit: Fit,
): number[] {
  return relevances(semanticSignals(candidates, labels, article), fit.semantic);
}

function decode(vector: string | null): Float32Array | null {
  return vector === null ? null : decodeVector(vector);
}

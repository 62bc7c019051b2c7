import type { Candidate } from '../contracts/candidate.ts';
import type { ArticleEmbedding, TermsEmbedding } from '../contracts/signals.ts';
import { cosineSimilarity, decodeVector } from '../contracts/vector.ts';
import { type Features, type FitPart, relevances } from '../shared/fit.ts';
import { usageFeatures } from '../shared/usage.ts';

type ArticleVectors = Record<keyof ArticleEmbedding['vectors'], Float32Array | null>;

/** What the vectors say a candidate has to do with its article. */
type Cosines = Record<
  `${'label' | 'context'}${'Title' | 'Headings' | 'Lead' | 'Whole'}` | 'labelContext',
  number
>;
const RANKED = ['labelTitle', 'labelWhole', 'contextTitle', 'contextWhole'] as const;

function cosinesOf(
  { label, context }: { label: Float32Array | null; context: Float32Array | null },
  { title, headings, lead, whole }: ArticleVectors,
): Cosines {
  const cosine = (a: Float32Array | null, b: Float32Array | null) => (a && b ? cosineSimilarity(a, b) : 0);
  return {
    labelTitle: cosine(label, title ?? whole),
    labelHeadings: cosine(label, headings ?? whole),
    labelLead: cosine(label, lead ?? whole),
    labelWhole: cosine(label, whole),
    contextTitle: cosine(context ?? label, title ?? whole),
    contextHeadings: cosine(context ?? label, headings ?? whole),
    contextLead: cosine(context ?? label, lead ?? whole),
    contextWhole: cosine(context ?? label, whole),
    labelContext: cosine(label, context),
  };
}

/** A candidate's vectors and prior as the fit reads them. */
export interface SemanticSignals {
  known: boolean;
  features: Features;
}

/**
 * The signals of `semantic` for all candidates, in their order: cosines of each candidate's label, and of the sentences
 * that mention it, with the article's parts; where it ranks by them among the others; and how the platform has used
 * it. No counts, no positions. A part that the article lacks takes the whole text's place.
 */
export function semanticSignals(
  candidates: readonly Pick<Candidate, 'known' | 'prior'>[],
  terms: TermsEmbedding,
  article: ArticleEmbedding,
): SemanticSignals[] {
  const { title, headings, lead, whole } = article.vectors;
  const parts = {
    title: decode(title),
    headings: decode(headings),
    lead: decode(lead),
    whole: decode(whole),
  };
  const cosines = terms.vectors.map(({ label, context }) =>
    cosinesOf({ label: decode(label), context: decode(context) }, parts),
  );
  const ranks = RANKED.map((name) => [`${name}Rank`, logRanks(cosines.map((one) => one[name]))] as const);
  return candidates.map(({ known, prior }, index) => ({
    known,
    features: {
      ...cosines[index]!,
      ...Object.fromEntries(ranks.map(([name, values]) => [name, values[index]!])),
      hasContext: terms.vectors[index]!.context === null ? 0 : 1,
      ...(known && prior && usageFeatures(prior)),
    },
  }));
}

/** log(1 + number of values that are greater), for each value. */
function logRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => b - a);
  return values.map((value) => Math.log1p(sorted.indexOf(value)));
}

/** `semantic` of each candidate, in [0, 1] on the scale whose cut is 0.3. */
export function semanticRelevances(
  candidates: readonly Candidate[],
  terms: TermsEmbedding,
  article: ArticleEmbedding,
  part: FitPart,
): number[] {
  return relevances(semanticSignals(candidates, terms, article), part);
}

function decode(vector: string | null): Float32Array | null {
  return vector === null ? null : decodeVector(vector);
}

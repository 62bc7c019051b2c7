import type { Candidate } from '../contracts/candidate.ts';
import type { ArticleEmbedding, TermsEmbedding } from '../contracts/signals.ts';
import { cosineSimilarity, decodeVector } from '../contracts/vector.ts';
import { authorFeatures, voteFeatures } from '../history/features.ts';
import { type Features, type FitPart, relevances, type Signals, type TagDirection } from '../shared/fit.ts';
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

/** What semantic needs to know beside the vectors. */
export interface SemanticContext {
  /** Earlier articles whose tags the author saved; null without a history. */
  history: { articles: number } | null;
  tagDirection: TagDirection | undefined;
}

/**
 * The signals of `semantic` for all candidates, in their order: cosines of each candidate's label, and of the sentences
 * that mention it, with the article's parts; where it ranks by them among the others; how near its label lies to those of
 * tags; how the platform and the author have used it; and how near the author's articles with it are. Nothing is counted or
 * located in the article at hand. A part that the article lacks takes the whole text's place.
 */
export function semanticSignals(
  candidates: readonly Pick<Candidate, 'known' | 'prior' | 'kept'>[],
  terms: TermsEmbedding,
  article: ArticleEmbedding,
  { history, tagDirection }: SemanticContext,
): Signals[] {
  const { title, headings, lead, whole } = article.vectors;
  const parts = {
    title: decode(title),
    headings: decode(headings),
    lead: decode(lead),
    whole: decode(whole),
  };
  const labels = terms.vectors.map(({ label }) => decode(label));
  const cosines = terms.vectors.map(({ context }, index) =>
    cosinesOf({ label: labels[index]!, context: decode(context) }, parts),
  );
  const inText = candidates.map(({ kept }) => kept?.inText ?? true);
  const ranks = RANKED.map(
    (name) =>
      [
        `${name}Rank`,
        logRanks(
          cosines.map((one) => one[name]),
          inText,
        ),
      ] as const,
  );
  const titles = terms.titles.map(decode);
  return candidates.map(({ known, prior, kept }, index) => ({
    known,
    inText: inText[index]!,
    features: {
      ...cosines[index]!,
      ...Object.fromEntries(ranks.map(([name, values]) => [name, values[index]!])),
      inTitle: terms.vectors[index]!.inTitle,
      likeTags: labels[index] && tagDirection ? alongDirection(labels[index]!, tagDirection) : 0,
      hasContext: terms.vectors[index]!.context === null ? 0 : 1,
      ...(known && prior && usageFeatures(prior)),
    },
    ...(history && { history: semanticHistory(kept, history.articles, titles, parts) }),
  }));
}

/** The signals of `semantic` that an author's earlier articles give for a tag. */
function semanticHistory(
  kept: Candidate['kept'],
  articles: number,
  titles: readonly (Float32Array | null)[],
  { title, whole }: ArticleVectors,
): Features {
  const share = (kept?.articles ?? 0) / articles;
  const carries = titles.map((_, index) => kept?.similar.includes(index) ?? false);
  const nearness = (part: Float32Array | null) =>
    titles.map((other) => (part && other ? Math.max(0, cosineSimilarity(part, other)) : 0));
  return {
    ...authorFeatures(articles, kept),
    ...voteFeatures('title', nearness(title ?? whole), carries, share),
    ...voteFeatures('whole', nearness(whole), carries, share),
  };
}

function alongDirection(vector: Float32Array, { bias, direction }: TagDirection): number {
  return direction.reduce((sum, weight, i) => sum + weight * vector[i]!, bias);
}

/** log(1 + number of values in the text that are greater), for each value. */
function logRanks(values: readonly number[], inText: readonly boolean[]): number[] {
  const sorted = values.filter((_, index) => inText[index]).sort((a, b) => b - a);
  return values.map((value) => Math.log1p(sorted.findLastIndex((other) => other > value) + 1));
}

/** `semantic` of each candidate, in [0, 1] on the scale whose cut is 0.3. */
export function semanticRelevances(
  candidates: readonly Candidate[],
  terms: TermsEmbedding,
  article: ArticleEmbedding,
  context: SemanticContext & { part: FitPart },
): number[] {
  return relevances(semanticSignals(candidates, terms, article, context), context.part);
}

function decode(vector: string | null): Float32Array | null {
  return vector === null ? null : decodeVector(vector);
}

import { DEFAULT_SCORING, type Scoring } from '../functions/scorer/rank.ts';
import {
  CUT,
  type Features,
  type Fit,
  type FitPart,
  type FitParts,
  relevances,
  type Scale,
  toScale,
} from '../functions/shared/fit.ts';
import { type Example, fitLogistic } from './logistic-regression.ts';
import type { Measured } from './measure.ts';

/** Cuts that are tried for each part; the best F1 of the part alone wins. */
const FLOORS = [0.06, 0.08, 0.1, 0.13];
const SHARES = [0.25, 0.3, 0.35, 0.4, 0.45];
/** Powers that are tried for both parts together; the best F1 at the default weights wins. */
const POWERS = { semantic: [0.15, 0.2, 0.3, 0.4, 0.6, 1], frequency: [0.7, 1, 1.4] };

/** Fits each language apart that has articles of at least two sources; the others take what there is. */
export function fitLanguages(articles: readonly Measured[]): Pick<Fit, 'languages'> {
  const byLanguage = Map.groupBy(articles, ({ language }) => language);
  const fitted = [...byLanguage].filter(([, own]) => new Set(own.map(({ source }) => source)).size > 1);
  const groups = fitted.length > 0 ? fitted : [[articles[0]!.language, articles] as const];
  return { languages: Object.fromEntries(groups.map(([language, own]) => [language, fitParts(own)])) };
}

/**
 * Fits frequency and semantic apart: regressions, then the cut of each at 0.3. Only the powers of the two scales, which
 * move no part's cut, are chosen together, so that the default weights weigh both parts right.
 */
function fitParts(articles: readonly Measured[]): FitParts {
  const frequency = fitPart(articles, ({ features }) => features);
  const semantic = fitPart(articles, ({ semantic }) => semantic);
  const powers = POWERS.semantic.flatMap((ofSemantic) =>
    POWERS.frequency.map((ofFrequency) => ({ ofSemantic, ofFrequency })),
  );
  const { ofSemantic, ofFrequency } = best(powers, (power) =>
    sum(articles, (_, index) => {
      const f = toScale(frequency.scored[index]!.probabilities, {
        ...frequency.part.scale,
        power: power.ofFrequency,
      });
      const s = toScale(semantic.scored[index]!.probabilities, {
        ...semantic.part.scale,
        power: power.ofSemantic,
      });
      return f1(fuse(s, f, DEFAULT_SCORING), frequency.scored[index]!, CUT);
    }),
  );
  return {
    frequency: withPower(frequency.part, ofFrequency),
    semantic: withPower(semantic.part, ofSemantic),
  };
}

type Candidate = Measured['candidates'][number];

/** One article's candidates with their probabilities, and which of them its author wanted. */
interface Scored {
  probabilities: number[];
  isWanted: boolean[];
  wanted: number;
}

function fitPart(
  articles: readonly Measured[],
  signals: (candidate: Candidate) => Features,
): { part: FitPart; scored: Scored[] } {
  const examples = (known: boolean): Example[] =>
    articles.flatMap(({ candidates, wanted }) =>
      candidates
        .filter((candidate) => candidate.known === known)
        .map((candidate) => ({ features: signals(candidate), wanted: wanted.has(candidate.key) })),
    );
  const regressions = { known: fitLogistic(examples(true)), open: fitLogistic(examples(false)) };
  const scored = articles.map(({ candidates, wanted }): Scored => {
    const inputs = candidates.map((candidate) => ({ known: candidate.known, features: signals(candidate) }));
    return {
      // With its cut at CUT, a relevance is the probability itself.
      probabilities: relevances(inputs, { ...regressions, scale: { floor: CUT, share: 0, power: 1 } }),
      isWanted: candidates.map(({ key }) => wanted.has(key)),
      wanted: wanted.size,
    };
  });
  const scales = FLOORS.flatMap((floor) => SHARES.map((share): Scale => ({ floor, share, power: 1 })));
  const scale = best(scales, (one) =>
    sum(scored, (article) => f1(toScale(article.probabilities, one), article, CUT)),
  );
  return { part: { ...regressions, scale }, scored };
}

function fuse(semantic: number[], frequency: number[], { weights }: Scoring): number[] {
  return semantic.map((value, index) => weights.semantic * value + weights.frequency * frequency[index]!);
}

/** F1 of the best five that reach the cut. */
function f1(scores: number[], { isWanted, wanted }: Scored, cut: number): number {
  const kept = scores
    .map((score, index) => ({ score, right: isWanted[index]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, DEFAULT_SCORING.limit)
    .filter(({ score }) => score >= cut);
  const right = kept.filter((one) => one.right).length;
  return right === 0 ? 0 : (2 * right) / (kept.length + wanted);
}

function withPower(part: FitPart, power: number): FitPart {
  return { ...part, scale: { ...part.scale, power } };
}

function best<T>(choices: readonly T[], value: (choice: T) => number): T {
  return choices.map((choice) => ({ choice, value: value(choice) })).sort((a, b) => b.value - a.value)[0]!
    .choice;
}

function sum<T>(items: readonly T[], value: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + value(item, index), 0);
}

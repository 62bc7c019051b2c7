import { DEFAULT_SCORING, type Scoring } from '../functions/scorer/rank.ts';
import {
  CUT,
  coldOdds,
  type Features,
  type Fit,
  type FitPart,
  type FitParts,
  type HistoryPart,
  type Logistic,
  probability,
  type Scale,
  type Signals,
  toScale,
} from '../functions/shared/fit.ts';
import { fitLogistic } from './logistic-regression.ts';
import { type Measured, type MeasuredCandidate, semanticOf } from './measure.ts';

/** Cuts that are tried for each part; the best F1 of the part alone wins. */
const FLOORS = [0.06, 0.08, 0.1, 0.13];
const SHARES = [0.25, 0.3, 0.35, 0.4, 0.45];
/** Powers that are tried for both parts together; the best F1 at the default weights wins. */
const POWERS = { semantic: [0.2, 0.3, 0.4], frequency: [1, 1.4, 2] };
/** Of the regressions over an author's history: they have few signals and many examples. */
const HISTORY_PENALTY = 5;

/** Fits each language apart that has articles of at least two sources; the others take what there is. */
export function fitLanguages(articles: readonly Measured[]): Pick<Fit, 'languages'> {
  const byLanguage = Map.groupBy(articles, ({ language }) => language);
  const fitted = [...byLanguage].filter(([, own]) => hasTwoSources(own));
  const groups = fitted.length > 0 ? fitted : [[articles[0]!.language, articles] as const];
  return { languages: Object.fromEntries(groups.map(([language, own]) => [language, fitParts(own)])) };
}

function hasTwoSources(articles: readonly Measured[]): boolean {
  return new Set(articles.map(({ source }) => source)).size > 1;
}

/**
 * Fits frequency and semantic apart: regressions, then the cut of each at 0.3. Only the powers of the two scales, which
 * move no part's cut, are chosen together, so that the default weights weigh both parts right. First for authors who are
 * not known, and on that for those with a history, where there are such articles.
 */
function fitParts(articles: readonly Measured[]): FitParts {
  const cold = withPowers(articles, {
    frequency: fitCold(articles, frequencyOf),
    semantic: fitCold(articles, semanticOf),
  });
  const warm = articles.filter(({ earlier }) => earlier > 0).map(withoutLeftOut);
  if (!hasTwoSources(warm)) return cold;
  const { frequency, semantic } = withPowers(warm, {
    frequency: { ...cold.frequency, history: fitHistory(warm, frequencyOf, cold.frequency) },
    semantic: { ...cold.semantic, history: fitHistory(warm, semanticOf, cold.semantic) },
  });
  return {
    frequency: { ...cold.frequency, history: frequency.history },
    semantic: { ...cold.semantic, history: semantic.history },
  };
}

function withoutLeftOut(article: Measured): Measured {
  return { ...article, candidates: article.candidates.filter(({ leftOut }) => !leftOut) };
}

/** A candidate as one of the parts reads it. */
type Reading = (candidate: MeasuredCandidate) => Signals;

function frequencyOf({ known, inText, features, history }: MeasuredCandidate): Signals {
  return { known, inText, features, history };
}

/** Whether a candidate in the text is one of the catalogue, or is none. */
const inText = (known: boolean) => (signals: Signals) => signals.inText !== false && signals.known === known;

function fitCold(articles: readonly Measured[], read: Reading): FitPart {
  const part: FitPart = {
    known: regression(articles, read, inText(true), ({ features }) => features),
    open: regression(articles, read, inText(false), ({ features }) => features),
    scale: UNCUT,
  };
  const cold: Reading = (candidate) => ({ ...read(candidate), history: undefined });
  return { ...part, scale: bestScale(scored(articles, cold, part)) };
}

function fitHistory(articles: readonly Measured[], read: Reading, cold: FitPart): HistoryPart {
  const withCold = (signals: Signals): Features => ({ ...signals.history, cold: coldOdds(signals, cold) });
  const history: HistoryPart = {
    known: regression(articles, read, inText(true), withCold, HISTORY_PENALTY),
    open: regression(articles, read, inText(false), withCold, HISTORY_PENALTY),
    kept: regression(
      articles,
      read,
      ({ inText = true }) => !inText,
      (signals) => signals.history ?? {},
      HISTORY_PENALTY,
    ),
    scale: UNCUT,
  };
  return { ...history, scale: bestScale(scored(articles, read, { ...cold, history })) };
}

/** What there is no example of is not suggested. */
const NEVER_SEEN: Logistic = { bias: -20, weights: {} };

function regression(
  articles: readonly Measured[],
  read: Reading,
  isMeant: (signals: Signals) => boolean,
  featuresOf: (signals: Signals) => Features,
  penalty?: number,
) {
  const examples = articles.flatMap(({ candidates, wanted }) =>
    candidates.flatMap((candidate) => {
      const signals = read(candidate);
      return isMeant(signals) ? [{ features: featuresOf(signals), wanted: wanted.has(candidate.key) }] : [];
    }),
  );
  return examples.length === 0 ? NEVER_SEEN : fitLogistic(examples, penalty);
}

/** With its cut at CUT, a relevance is the probability itself. */
const UNCUT: Scale = { floor: CUT, share: 0, power: 1 };

/** One article's candidates with their probabilities, and which of them its author wanted. */
interface Scored {
  probabilities: number[];
  isWanted: boolean[];
  wanted: number;
}

function scored(articles: readonly Measured[], read: Reading, part: FitPart): Scored[] {
  return articles.map(({ candidates, wanted }) => ({
    probabilities: candidates.map((candidate) => probability(read(candidate), part)),
    isWanted: candidates.map(({ key }) => wanted.has(key)),
    wanted: wanted.size,
  }));
}

function bestScale(articles: readonly Scored[]): Scale {
  const scales = FLOORS.flatMap((floor) => SHARES.map((share): Scale => ({ floor, share, power: 1 })));
  return best(scales, (scale) =>
    sum(articles, (article) => f1(toScale(article.probabilities, scale), article, CUT)),
  );
}

/** Chooses the powers of both parts' scales: of those for a history where the parts have one, else of the cold ones. */
function withPowers(articles: readonly Measured[], parts: FitParts): FitParts {
  const warm = parts.frequency.history !== undefined;
  const read = (reading: Reading): Reading =>
    warm ? reading : (candidate) => ({ ...reading(candidate), history: undefined });
  const frequency = scored(articles, read(frequencyOf), parts.frequency);
  const semantic = scored(articles, read(semanticOf), parts.semantic);
  const scales = { frequency: scaleOf(parts.frequency), semantic: scaleOf(parts.semantic) };
  const powers = POWERS.semantic.flatMap((ofSemantic) =>
    POWERS.frequency.map((ofFrequency) => ({ ofSemantic, ofFrequency })),
  );
  const { ofSemantic, ofFrequency } = best(powers, (power) =>
    sum(frequency, (article, index) => {
      const f = toScale(article.probabilities, { ...scales.frequency, power: power.ofFrequency });
      const s = toScale(semantic[index]!.probabilities, { ...scales.semantic, power: power.ofSemantic });
      return f1(fuse(s, f, DEFAULT_SCORING), article, CUT);
    }),
  );
  return {
    frequency: withPower(parts.frequency, ofFrequency),
    semantic: withPower(parts.semantic, ofSemantic),
  };
}

function scaleOf({ scale, history }: FitPart): Scale {
  return history?.scale ?? scale;
}

function withPower(part: FitPart, power: number): FitPart {
  return part.history
    ? { ...part, history: { ...part.history, scale: { ...part.history.scale, power } } }
    : { ...part, scale: { ...part.scale, power } };
}

function fuse(semantic: number[], frequency: number[], { weights }: Scoring): number[] {
  return semantic.map((value, index) => weights.semantic * value + weights.frequency * frequency[index]!);
}

/** F1 of the best five that reach the cut. */
function f1(scores: number[], { isWanted, wanted }: Scored, cut: number): number {
  const kept = scores
    .map((score, index) => ({ score, right: isWanted[index]! }))
    .filter(({ score }) => score >= cut)
    .sort((a, b) => b.score - a.score)
    .slice(0, DEFAULT_SCORING.limit);
  const right = kept.filter((one) => one.right).length;
  return right === 0 ? 0 : (2 * right) / (kept.length + wanted);
}

function best<T>(choices: readonly T[], value: (choice: T) => number): T {
  return choices.map((choice) => ({ choice, value: value(choice) })).sort((a, b) => b.value - a.value)[0]!
    .choice;
}

function sum<T>(items: readonly T[], value: (item: T, index: number) => number): number {
  return items.reduce((total, item, index) => total + value(item, index), 0);
}

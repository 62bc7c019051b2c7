import type { Fit, FitPart, Scale } from '../functions/shared/fit.ts';
import { CUT, relevances } from '../functions/shared/fit.ts';
import { type Example, fitLogistic } from './logistic-regression.ts';
import type { Measured } from './measure.ts';

/** Cuts that are tried for each part; the best F1 on the articles that are fitted wins. */
const FLOORS = [0.04, 0.06, 0.08, 0.1, 0.13];
const SHARES = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45];

/** Fits frequency and semantic apart, each on a scale whose best cut is 0.3. */
export function fitParts(articles: readonly Measured[]): Pick<Fit, 'frequency' | 'semantic'> {
  return {
    frequency: fitPart(articles, ({ features }) => features),
    semantic: fitPart(articles, ({ semantic }) => semantic),
  };
}

type Candidate = Measured['candidates'][number];

function fitPart(
  articles: readonly Measured[],
  signals: (candidate: Candidate) => Candidate['features'],
): FitPart {
  const examples = (known: boolean): Example[] =>
    articles.flatMap(({ candidates, wanted }) =>
      candidates
        .filter((candidate) => candidate.known === known)
        .map((candidate) => ({ features: signals(candidate), wanted: wanted.has(candidate.key) })),
    );
  const regressions = { known: fitLogistic(examples(true)), open: fitLogistic(examples(false)) };
  const unscaled = articles.map(({ candidates, wanted }) => {
    const inputs = candidates.map((candidate) => ({ known: candidate.known, features: signals(candidate) }));
    // With floor and share so that the cut is CUT itself, a relevance is the probability.
    const probabilities = relevances(inputs, { ...regressions, scale: { floor: CUT, share: 0 } });
    const isWanted = candidates.map(({ key }) => wanted.has(key));
    return { probabilities, isWanted, wanted: wanted.size };
  });
  return { ...regressions, scale: bestScale(unscaled) };
}

type Scored = { probabilities: number[]; isWanted: boolean[]; wanted: number };

function bestScale(articles: readonly Scored[]): Scale {
  const scales = FLOORS.flatMap((floor) => SHARES.map((share) => ({ floor, share })));
  const ordered = articles.map(({ probabilities, isWanted, wanted }) => {
    const pairs = probabilities.map((p, i) => ({ p, right: isWanted[i]! }));
    return { best: pairs.sort((a, b) => b.p - a.p).slice(0, 5), wanted };
  });
  const f1 = ({ floor, share }: Scale) =>
    ordered.reduce((sum, { best, wanted }) => {
      const kept = best.filter(({ p }) => p >= Math.max(floor, share * (best[0]?.p ?? 0)));
      const right = kept.filter((one) => one.right).length;
      return sum + (right === 0 ? 0 : (2 * right) / (kept.length + wanted));
    }, 0);
  return scales.map((scale) => ({ scale, f1: f1(scale) })).sort((a, b) => b.f1 - a.f1)[0]!.scale;
}

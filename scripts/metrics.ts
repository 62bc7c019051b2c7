/** One article with what its author wanted and what was suggested, best first. */
export interface Judged {
  id: string;
  source: string;
  lang: string;
  wanted: ReadonlySet<string>;
  suggested: { key: string; score: number }[];
}

/** Means over articles. */
export interface Figures {
  articles: number;
  precision: number;
  recall: number;
  /** F1 of each article's suggestions against its author's tags; 0 where none is right. */
  f1At5: number;
  ndcgAt5: number;
  /** Share of articles with at least one right suggestion. */
  hitRate: number;
  meanSuggestions: number;
  /** Share of articles without any suggestion. */
  empty: number;
}

export function figuresOf(judged: readonly Judged[]): Figures {
  const mean = (value: (one: Judged) => number) =>
    judged.length === 0 ? 0 : judged.reduce((sum, one) => sum + value(one), 0) / judged.length;
  return {
    articles: judged.length,
    precision: mean(precisionOf),
    recall: mean((one) => (one.wanted.size === 0 ? 0 : rightOf(one) / one.wanted.size)),
    f1At5: mean(f1Of),
    ndcgAt5: mean(ndcgOf),
    hitRate: mean((one) => (rightOf(one) > 0 ? 1 : 0)),
    meanSuggestions: mean(({ suggested }) => suggested.length),
    empty: mean(({ suggested }) => (suggested.length === 0 ? 1 : 0)),
  };
}

export function f1Of(one: Judged): number {
  const total = one.suggested.length + one.wanted.size;
  return total === 0 ? 0 : (2 * rightOf(one)) / total;
}

function precisionOf(one: Judged): number {
  return one.suggested.length === 0 ? 0 : rightOf(one) / one.suggested.length;
}

function rightOf({ suggested, wanted }: Judged): number {
  return suggested.filter(({ key }) => wanted.has(key)).length;
}

/** Binary relevance, discounted by log2(rank + 1), against the best order possible. */
function ndcgOf({ suggested, wanted }: Judged): number {
  const gain = suggested.reduce(
    (sum, { key }, rank) => sum + (wanted.has(key) ? 1 / Math.log2(rank + 2) : 0),
    0,
  );
  const ideal = Array.from({ length: Math.min(5, wanted.size) }, (_, rank) => 1 / Math.log2(rank + 2));
  const best = ideal.reduce((sum, one) => sum + one, 0);
  return best === 0 ? 0 : gain / best;
}

/** Precision of the suggestions whose score lies in each band. */
export interface Band {
  from: number;
  to: number;
  suggestions: number;
  precision: number;
}

export function precisionByBand(
  judged: readonly Judged[],
  edges = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1],
): Band[] {
  const all = judged.flatMap(({ suggested, wanted }) =>
    suggested.map(({ key, score }) => ({ score, right: wanted.has(key) })),
  );
  return edges.slice(0, -1).map((from, index) => {
    const to = edges[index + 1]!;
    const inside = all.filter(({ score }) => score >= from && (score < to || to === 1));
    const right = inside.filter((one) => one.right).length;
    return {
      from,
      to,
      suggestions: inside.length,
      precision: inside.length === 0 ? 0 : right / inside.length,
    };
  });
}

const RESAMPLES = 1000;

/** 95 % interval of the mean F1 when authors are drawn anew, with replacement (percentile bootstrap, fixed seed). */
export function intervalByAuthor(judged: readonly Judged[]): [low: number, high: number] {
  const byAuthor = Map.groupBy(judged, ({ source }) => source);
  const sums = [...byAuthor.values()].map((own) => ({
    f1: own.reduce((sum, one) => sum + f1Of(one), 0),
    articles: own.length,
  }));
  const random = mulberry32(1);
  const means = Array.from({ length: RESAMPLES }, () => {
    let [f1, articles] = [0, 0];
    for (let draw = 0; draw < sums.length; draw += 1) {
      const one = sums[Math.floor(random() * sums.length)]!;
      f1 += one.f1;
      articles += one.articles;
    }
    return f1 / articles;
  }).sort((a, b) => a - b);
  return [means[Math.floor(0.025 * RESAMPLES)] ?? 0, means[Math.floor(0.975 * RESAMPLES)] ?? 0];
}

/** A small seeded generator (mulberry32), so that intervals repeat. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

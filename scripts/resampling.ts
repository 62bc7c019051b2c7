/** Values of one author's articles: their sum and how many they are. */
export interface Group {
  sum: number;
  count: number;
}

/** 95 % interval, [low, high]; null for fewer than two authors, of whom nothing can be drawn anew. */
export type Interval = [low: number, high: number] | null;

const RESAMPLES = 1000;

/**
 * The 95 % interval of a mean over articles when authors are drawn anew, with replacement (percentile bootstrap). The
 * seed is fixed: equal input gives an equal interval.
 */
export function intervalOfMean(groups: readonly Group[], seed = 1): Interval {
  if (groups.length < 2) return null;
  const random = mulberry32(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let [sum, count] = [0, 0];
    for (let draw = 0; draw < groups.length; draw += 1) {
      const one = groups[Math.floor(random() * groups.length)]!;
      sum += one.sum;
      count += one.count;
    }
    return sum / count;
  }).sort();
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.floor(0.975 * RESAMPLES)]!];
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

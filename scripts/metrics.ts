import { type Interval, intervalOfMean } from './resampling.ts';

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

/** Figures of a single article, where each mean is the article's own value. */
export type ArticleFigures = Omit<Figures, 'articles'>;

/** @param right for each suggestion, best first, whether the author gave it */
export function articleFigures(right: readonly boolean[], wanted: number): ArticleFigures {
  const hits = right.filter(Boolean).length;
  const total = right.length + wanted;
  return {
    precision: right.length === 0 ? 0 : hits / right.length,
    recall: wanted === 0 ? 0 : hits / wanted,
    f1At5: total === 0 ? 0 : (2 * hits) / total,
    ndcgAt5: ndcgAt5(right, wanted),
    hitRate: hits > 0 ? 1 : 0,
    meanSuggestions: right.length,
    empty: right.length === 0 ? 1 : 0,
  };
}

/** Binary relevance, discounted by log2(rank + 1), against the best order possible. */
function ndcgAt5(right: readonly boolean[], wanted: number): number {
  const discount = (rank: number) => 1 / Math.log2(rank + 2);
  const gain = right.slice(0, 5).reduce((sum, one, rank) => sum + (one ? discount(rank) : 0), 0);
  const ideal = Array.from({ length: Math.min(5, wanted) }, (_, rank) => discount(rank));
  const best = ideal.reduce((sum, one) => sum + one, 0);
  return best === 0 ? 0 : gain / best;
}

/** Whether each suggestion is one of the author's tags. */
export function rightOf({ suggested, wanted }: Pick<Judged, 'suggested' | 'wanted'>): boolean[] {
  return suggested.map(({ key }) => wanted.has(key));
}

const NAMES = ['precision', 'recall', 'f1At5', 'ndcgAt5', 'hitRate', 'meanSuggestions', 'empty'] as const;

/** Figures of articles that come one after the other; holds sums for each author, not the articles. */
export class Tally {
  readonly #bySource = new Map<string, { articles: number; sums: Float64Array }>();

  add(source: string, figures: ArticleFigures): void {
    const own = this.#bySource.get(source) ?? { articles: 0, sums: new Float64Array(NAMES.length) };
    this.#bySource.set(source, own);
    own.articles += 1;
    NAMES.forEach((name, index) => {
      own.sums[index]! += figures[name];
    });
  }

  figures(): Figures {
    return means([...this.#bySource.values()]);
  }

  bySource(): Record<string, Figures> {
    return Object.fromEntries([...this.#bySource].map(([source, own]) => [source, means([own])]));
  }

  /** The interval of a figure when authors are drawn anew. */
  interval(name: keyof ArticleFigures = 'f1At5'): Interval {
    const index = NAMES.indexOf(name);
    return intervalOfMean(
      [...this.#bySource.values()].map(({ articles, sums }) => ({ sum: sums[index]!, count: articles })),
    );
  }
}

function means(parts: readonly { articles: number; sums: Float64Array }[]): Figures {
  const articles = parts.reduce((sum, part) => sum + part.articles, 0);
  const mean = (name: keyof ArticleFigures) => {
    const index = NAMES.indexOf(name);
    return articles === 0 ? 0 : parts.reduce((sum, { sums }) => sum + sums[index]!, 0) / articles;
  };
  return {
    articles,
    precision: mean('precision'),
    recall: mean('recall'),
    f1At5: mean('f1At5'),
    ndcgAt5: mean('ndcgAt5'),
    hitRate: mean('hitRate'),
    meanSuggestions: mean('meanSuggestions'),
    empty: mean('empty'),
  };
}

export function figuresOf(judged: readonly Judged[]): Figures {
  const tally = new Tally();
  for (const one of judged) tally.add(one.source, articleFigures(rightOf(one), one.wanted.size));
  return tally.figures();
}

/** Suggestions whose score lies in [from, to), and the share of them that is right; null where there are none. */
export interface Band {
  from: number;
  to: number;
  suggestions: number;
  meanScore: number | null;
  precision: number | null;
}

/** Counts suggestions by score; the last band takes its upper edge and all above it. */
export class Bands {
  readonly #edges: readonly number[];
  readonly #counts: { suggestions: number; right: number; scores: number }[];

  /** @param edges ascending, at least two */
  constructor(edges: readonly number[]) {
    this.#edges = edges;
    this.#counts = edges.slice(1).map(() => ({ suggestions: 0, right: 0, scores: 0 }));
  }

  add({ score, right }: { score: number; right: boolean }): void {
    const at = this.#edges.findLastIndex((edge) => score >= edge);
    const band = this.#counts[Math.min(at, this.#counts.length - 1)];
    if (!band) return;
    band.suggestions += 1;
    band.right += right ? 1 : 0;
    band.scores += score;
  }

  bands(): Band[] {
    return this.#counts.map(({ suggestions, right, scores }, index) => ({
      from: this.#edges[index]!,
      to: this.#edges[index + 1]!,
      suggestions,
      meanScore: suggestions === 0 ? null : scores / suggestions,
      precision: suggestions === 0 ? null : right / suggestions,
    }));
  }
}

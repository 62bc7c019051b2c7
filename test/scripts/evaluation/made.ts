import type { Outcome, Scored } from '../../../scripts/evaluation/outcome.ts';
import type { Measured } from '../../../scripts/measure.ts';

/** A measured article of which each candidate's two signals are given. */
export function measuredArticle({
  source = 'a',
  wanted = ['x'],
  candidates,
}: {
  source?: string;
  wanted?: string[];
  candidates: { key: string; frequency: number; semantic: number; known?: boolean }[];
}): Measured {
  return {
    id: `${source}-1`,
    source,
    lang: 'ja',
    language: 'ja',
    wanted: new Set(wanted),
    earlier: 0,
    candidates: candidates.map(({ key, frequency, semantic, known = true }) => ({
      key,
      label: key.toUpperCase(),
      known,
      features: { signal: frequency, tf: Math.log1p(3), idf: 1 },
      semantic: { features: { signal: semantic } },
    })),
  };
}

/** An outcome with the same suggestions at every weight. */
export function outcome({
  source = 'a',
  lang = 'ja',
  wanted = 1,
  earlier = 0,
  uncut,
  grid = Array.from({ length: 11 }, () => uncut),
  regret = 0,
  index = 0,
}: {
  source?: string;
  lang?: string;
  wanted?: number;
  earlier?: number;
  uncut: Scored[];
  grid?: Scored[][];
  regret?: number;
  index?: number;
}): Outcome {
  return {
    source,
    lang,
    wanted,
    earlier,
    suggested: uncut.filter(({ score }) => score >= 0.3),
    uncut,
    grid,
    baseline: [true],
    miss: { index, id: String(index), source, regret, f1: 0, wanted: [], suggested: [] },
  };
}

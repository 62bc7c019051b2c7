import type { Evidence } from '../../functions/contracts/candidate.ts';
import { historyEvidence } from '../../functions/keywords/evidence.ts';
import type { Miss, SuggestedMiss } from './outcome.ts';

/** What a second look at an article's text tells of a miss. */
export interface Explanation {
  title: string;
  /** The author's spelling of each wanted key. */
  spellings: ReadonlyMap<string, string>;
  /** Keys of the author's tags that stand in the text. */
  inText: string[];
  /** Where each suggested tag stands. */
  evidence: ReadonlyMap<string, Evidence>;
}

/** A miss as a person reads it. */
export interface ExplainedMiss extends Omit<Miss, 'index' | 'wanted' | 'suggested'> {
  title: string;
  wanted: { tag: string; why: string; score: number | null }[];
  suggested: (SuggestedMiss & { evidence: Evidence | null })[];
}

/** Says of each wanted tag why it was missed, and of each suggested one where it was found. */
export function explainMiss({ index: _, ...miss }: Miss, explanation: Explanation): ExplainedMiss {
  const { title, spellings, inText, evidence } = explanation;
  return {
    ...miss,
    title,
    wanted: miss.wanted.map(({ key, fate, score }) => ({
      tag: spellings.get(key) ?? key,
      why:
        fate !== 'no candidate'
          ? fate
          : inText.includes(key)
            ? 'in the text, but no candidate'
            : 'not in the text',
      score,
    })),
    suggested: miss.suggested.map((one) => ({
      ...one,
      evidence: evidence.get(one.key) ?? (one.kept && historyEvidence({ label: one.label, ...one.kept })),
    })),
  };
}

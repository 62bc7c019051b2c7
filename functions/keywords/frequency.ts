import type { Prior } from '../contracts/candidate.ts';
import type { Features } from '../shared/fit.ts';
import { usageFeatures } from '../shared/usage.ts';
import type { CodeLanguage } from './code.ts';
import type { Mention } from './mentions.ts';

/** What the counts of one candidate are measured against. */
export interface ArticleCounts {
  /** Units in the article. */
  units: number;
  /** Mentions of the most frequent candidate. */
  mostMentions: number;
}

/** How rare a term is: documents that contain it out of all documents, the article at hand left out. */
export interface TermStatistics {
  documents: number;
  documentFrequency: number;
}

const log1p = Math.log1p;

/**
 * The signals of `frequency`: counts, positions and, for a tag of the catalogue, how the platform has used it.
 * No vectors. Counts enter by their logarithm.
 */
export function frequencyFeatures(options: {
  mentions: readonly Mention[];
  /** Share of the mentions that stand on their own, not within a longer candidate. */
  free: number;
  code: CodeLanguage | undefined;
  counts: ArticleCounts;
  term: TermStatistics;
  prior: Prior | undefined;
  key: string;
}): Features {
  const { mentions, free, code, counts, term, prior, key } = options;
  const inBlocks = (where: Mention['block']['where']) =>
    mentions.filter(({ block }) => block.where === where).length;
  const idf = Math.log((term.documents + 1) / (term.documentFrequency + 1));
  const title = inBlocks('title') > 0 ? 1 : 0;
  const tf = log1p(mentions.length);
  const usage = prior && usageFeatures(prior);
  return {
    tf,
    density: Math.log((mentions.length + 0.5) / (counts.units + 50)),
    share: (mentions.length + 0.5) / (counts.mostMentions + 0.5),
    title,
    heading: log1p(inBlocks('heading')),
    lead: inBlocks('lead') > 0 ? 1 : 0,
    early: mentions.length === 0 ? 0 : 1 - mentions[0]!.position / (counts.units + 1),
    idf,
    tfIdf: tf * idf,
    free,
    codeShare: code?.share ?? 0,
    codeLanguage: code ? 1 : 0,
    latin: /^[\x20-\x7e]+$/.test(key) ? 1 : 0,
    length: log1p([...key].length),
    ...usage,
    usageInTitle: title * (usage?.usage ?? 0),
  };
}

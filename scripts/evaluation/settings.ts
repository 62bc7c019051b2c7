import type { Policy } from '../../functions/keywords/policy.ts';
import type { Scoring } from '../../functions/scorer/rank.ts';
import type { SearchOptions } from '../search-options.ts';

/** How an evaluation suggests: what the command line says, in a form that can be handed to worker threads. */
export interface Settings {
  engine: 'embedded' | 'opensearch';
  mode: Policy['mode'];
  scoring: Scoring;
  /** A platform's own catalogue (TSV, CSV, JSON Lines) in place of the shipped one. */
  catalogueFile?: string | undefined;
  /** @default the fit that ships with the project */
  fitFile?: string | undefined;
  /** Where OpenSearch is, with the prefix of indices that hold the articles. */
  search?: SearchOptions | undefined;
}

/** What the suggestions were made with. */
export interface MadeWith {
  model: { name: string; version: string; sha256: string };
  catalogue: { version: string };
}

import { tagKey } from './tag-key.ts';

/** What a platform wants suggested at all. */
export interface Policy {
  /** `open`: phrases of the text may be suggested beside tags of the catalogue; `known`: the catalogue alone. */
  mode: 'open' | 'known';
  /** A tag of the catalogue must be on so many articles. */
  minimumUsage: number;
  /** Tags that are never suggested, by any spelling. */
  blocked: readonly string[];
  /** Whether tags that the article already carries are suggested again. */
  carried: 'suggest' | 'leave out';
}

export const DEFAULT_POLICY: Policy = { mode: 'open', minimumUsage: 0, blocked: [], carried: 'suggest' };

/**
 * Keeps what the policy allows.
 *
 * @param tags those that the article already carries
 */
export function allowed<T extends { key: string; known: boolean; prior?: { articles: number } | undefined }>(
  found: readonly T[],
  { mode, minimumUsage, blocked, carried }: Policy,
  tags: readonly string[] = [],
): T[] {
  const unwanted = new Set([...blocked, ...(carried === 'leave out' ? tags : [])].map(tagKey));
  return found.filter(
    ({ key, known, prior }) =>
      !unwanted.has(key) && (known ? (prior?.articles ?? 0) >= minimumUsage : mode === 'open'),
  );
}

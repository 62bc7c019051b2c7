import * as z from 'zod';
import { readEnvironment } from '../shared/environment.ts';
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

/**
 * Reads `KEYWORDS_MODE` (open, known), `MINIMUM_USAGE`, `BLOCKED_TAGS` (separated by commas) and `CARRIED_TAGS`
 * (suggest, leave out).
 *
 * @throws InvalidEnvironment naming the variable that is wrong
 */
export function readPolicy(environment: NodeJS.ProcessEnv = process.env): Policy {
  const variables = readEnvironment(
    {
      KEYWORDS_MODE: z.enum(['open', 'known']).default(DEFAULT_POLICY.mode),
      MINIMUM_USAGE: z.coerce.number().int().min(0).default(DEFAULT_POLICY.minimumUsage),
      BLOCKED_TAGS: z.string().default(''),
      CARRIED_TAGS: z.enum(['suggest', 'leave out']).default(DEFAULT_POLICY.carried),
    },
    environment,
  );
  return {
    mode: variables.KEYWORDS_MODE,
    minimumUsage: variables.MINIMUM_USAGE,
    blocked: variables.BLOCKED_TAGS.split(',').filter((tag) => tag.trim() !== ''),
    carried: variables.CARRIED_TAGS,
  };
}

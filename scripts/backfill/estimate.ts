import { readFileSync } from 'node:fs';
import {
  BACKFILL,
  type Definition,
  readDefinition,
  type State,
  SUGGEST_TAGS,
} from '../../infra/local/workflow.ts';

/**
 * Approximate list prices of Tokyo in USD, without free tier, as in "What it costs" of infra/README.md. Look them up
 * before you rely on them.
 */
const PRICES = {
  stateTransition: 0.025 / 1000,
  /** Logs, KMS, Lambda, X-Ray and EventBridge of an article of 10 KB in suggest-tags. */
  restOfArticle: 0.043 / 1000,
  /** Logs, KMS and X-Ray of its handling by the backfill. */
  restOfHandling: 0.015 / 1000,
};

export interface Estimate {
  transitionsAnArticle: number;
  seconds: number;
  usd: number;
}

/** What a backfill takes at most, when nothing fails and nothing was done before. */
export function estimate(
  articles: number,
  { concurrency, secondsAnArticle }: { concurrency: number; secondsAnArticle: number },
): Estimate {
  const transitionsAnArticle =
    countTransitions(readDefinition(SUGGEST_TAGS)) +
    countTransitions(handlingOfAnItem(readDefinition(BACKFILL)));
  const { stateTransition, restOfArticle, restOfHandling } = PRICES;
  return {
    transitionsAnArticle,
    seconds: Math.ceil(articles / concurrency) * secondsAnArticle,
    usd: articles * (transitionsAnArticle * stateTransition + restOfArticle + restOfHandling),
  };
}

/** States that an execution enters when nothing fails; a Choice goes its first way. */
export function countTransitions({ StartAt, States }: Definition): number {
  let count = 0;
  for (let name: string | undefined = StartAt; name !== undefined; name = nextOf(States[name]!)) {
    const branches = States[name]!.Branches ?? [];
    count += 1 + branches.reduce((sum, branch) => sum + countTransitions(branch), 0);
  }
  return count;
}

function nextOf({ Next, Choices }: State): string | undefined {
  return Choices?.[0]?.Next ?? Next;
}

function handlingOfAnItem({ States }: Definition): Definition {
  return Object.values(States).find(({ ItemProcessor }) => ItemProcessor)!.ItemProcessor!;
}

/** What the definition runs at once when its input says nothing else. */
export function defaultConcurrency(): number {
  const { States } = JSON.parse(readFileSync(BACKFILL, 'utf8'));
  return States.SetDefaults.Parameters.defaults.concurrency;
}

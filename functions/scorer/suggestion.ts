import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { SuggestTagsRequest } from '../contracts/signals.ts';
import {
  type SuggestionData,
  type SuggestionOrigin,
  TAGS_SUGGESTED,
  type TagsSuggested,
} from '../contracts/tags-suggested.ts';
import { assertFits, type Fit, partsFor } from '../shared/fit.ts';
import { rankTags, type Scoring } from './rank.ts';
import { semanticRelevances } from './semantic.ts';

/**
 * Makes the suggestion from the gathered signals: pure, so that equal signals say the same.
 *
 * @throws FitMismatch when the fit belongs to another model or catalogue than the signals
 */
export function suggestTags(
  { keywords, article }: Pick<SuggestTagsRequest, 'keywords' | 'article'>,
  fit: Fit,
  scoring: Scoring,
): SuggestionData {
  const { answer, degraded, embedding } = keywords;
  const isEmbedded = 'vectors' in embedding && 'vectors' in article;
  const model = isEmbedded ? article.model : null;
  assertFits(fit, { modelSha256: model?.sha256, catalogue: answer.catalogue.version });
  const semantic = isEmbedded
    ? semanticRelevances(answer.candidates, embedding, article, {
        history: answer.history,
        tagDirection: fit.tagDirection,
        part: partsFor(fit, answer.article.language).semantic,
      })
    : null;
  return {
    articleId: answer.article.articleId,
    revision: answer.article.revision,
    tags: rankTags(answer.candidates, semantic, scoring),
    degraded: [...degraded, ...(isEmbedded ? [] : (['embedding'] as const))],
    scoring: { ...scoring, fit: fit.version },
    model,
    catalogue: answer.catalogue,
  };
}

/** Wraps what is said into the event: who asked, in which execution, when. */
export function toEvent(
  data: SuggestionData,
  { event, execution }: Pick<SuggestTagsRequest, 'event' | 'execution'>,
  suggestedAt: Date,
): TagsSuggested {
  return {
    metadata: {
      id: suggestionId(data),
      version: TAGS_SUGGESTED.version,
      correlationId: event.metadata.correlationId ?? event.metadata.id,
      causationId: event.id,
      executionId: execution.id,
      origin: originOf(execution),
      suggestedAt: suggestedAt.toISOString(),
    },
    data,
  };
}

/** SHA-256 of the data as canonical JSON (RFC 8785). */
export function suggestionId(data: SuggestionData): string {
  return createHash('sha256').update(canonicalize(data)!).digest('hex');
}

/** A name that the console proposes for "New execution"; EventBridge joins two of them by `_`. */
const BARE_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Why the execution runs, read from its name: ours begin with `rerun-` or `backfill-`, the console's are a bare UUID. */
export function originOf({ name, redriveCount }: SuggestTagsRequest['execution']): SuggestionOrigin {
  if (name.startsWith('backfill-')) return 'backfill';
  return redriveCount > 0 || name.startsWith('rerun-') || BARE_UUID.test(name) ? 'rerun' : 'publish';
}

import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { suggestTagsRequest } from '../contracts/signals.ts';
import type { TagsSuggested } from '../contracts/tags-suggested.ts';
import { readEnvironment } from '../shared/environment.ts';
import { type Fit, loadFit } from '../shared/fit.ts';
import { logger } from '../shared/logger.ts';
import { reportingFailure, subjectOf } from '../shared/report-failure.ts';
import { createPublisher, type Publish } from './publish.ts';
import { DEFAULT_SCORING, type Scoring } from './rank.ts';
import { recordSuggestion } from './record.ts';
import { suggestTags, toEvent } from './suggestion.ts';

/** Builds the scorer around a way to publish, so that the same scorer runs on AWS and on one machine. */
export function createHandler(dependencies: { publish: Publish; fit: Fit; scoring: Scoring }) {
  const { publish, fit, scoring } = dependencies;
  return async (request: unknown, context?: Context): Promise<TagsSuggested> => {
    if (context) logger.addContext(context);
    return reportingFailure(request, async () => {
      const signals = suggestTagsRequest.parse(request);
      const event = toEvent(suggestTags(signals, fit, scoring), signals, new Date());
      await publish(event);
      const { tags, degraded } = event.data;
      const { origin } = event.metadata;
      logger.info('suggested tags', {
        ...subjectOf(request),
        origin,
        degraded,
        tags: tags.map(({ key }) => key),
      });
      return event;
    });
  };
}

const share = z.coerce.number().min(0).max(1);

let onAws: ReturnType<typeof createHandler> | undefined;

/** Scores the gathered signals and emits `TagsSuggested`. */
export async function handler(request: unknown, context?: Context): Promise<TagsSuggested> {
  onAws ??= createForAws();
  const event = await onAws(request, context);
  recordSuggestion(event);
  return event;
}

function createForAws() {
  const { weights, threshold, limit } = DEFAULT_SCORING;
  const environment = readEnvironment({
    EVENT_BUS_NAME: z.string().min(1),
    SEMANTIC_WEIGHT: share.default(weights.semantic),
    THRESHOLD: share.default(threshold),
    LIMIT: z.coerce.number().int().min(1).max(20).default(limit),
  });
  return createHandler({
    publish: createPublisher(environment.EVENT_BUS_NAME),
    fit: loadFit(),
    scoring: {
      weights: { semantic: environment.SEMANTIC_WEIGHT, frequency: round(1 - environment.SEMANTIC_WEIGHT) },
      threshold: environment.THRESHOLD,
      limit: environment.LIMIT,
    },
  });
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

import * as z from 'zod';
import { evidence, relevance } from './candidate.ts';
import { MAX_EVIDENCE } from './limits.ts';
import { modelIdentity } from './signals.ts';

export const TAGS_SUGGESTED = {
  source: 'tag-suggestions',
  detailType: 'TagsSuggested',
  version: '1',
} as const;

export const suggestedTag = z.object({
  key: z.string().describe('Equal keys are the same tag: NFKC, lower case, without spaces . _ - / ・'),
  label: z.string().describe('As the platform spells it, or else the author or the article'),
  score: relevance.describe('weights.semantic × semantic + weights.frequency × frequency'),
  semantic: relevance.nullable().describe('null when the embedding was not available'),
  frequency: relevance,
  evidence: z.array(evidence).max(MAX_EVIDENCE),
});
export type SuggestedTag = z.infer<typeof suggestedTag>;

export const degradedSignal = z.enum(['keywords', 'embedding']);

export const suggestionData = z.object({
  articleId: z.string(),
  revision: z.int().min(0),
  tags: z.array(suggestedTag).describe('Best first; empty when nothing in the article scores'),
  degraded: z
    .array(degradedSignal)
    .describe('Signals that did not come from their usual source; empty when all did'),
  scoring: z.object({
    weights: z.object({ semantic: relevance, frequency: relevance }),
    threshold: relevance,
    limit: z.int().min(1),
    fit: z.string().describe('Version of the fit that made the two parts from signals'),
  }),
  model: modelIdentity.nullable().describe('null when the embedding was not available'),
  catalogue: z.object({ version: z.string() }),
});
export type SuggestionData = z.infer<typeof suggestionData>;

export const suggestionOrigin = z.enum(['publish', 'rerun', 'backfill']);
export type SuggestionOrigin = z.infer<typeof suggestionOrigin>;

/** `detail` of `TagsSuggested`, version 1. */
export const tagsSuggested = z.object({
  metadata: z.object({
    id: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 of `data` as canonical JSON (RFC 8785): equal ids say the same'),
    version: z.literal(TAGS_SUGGESTED.version),
    correlationId: z.string().describe("The published event's correlationId, or else its id"),
    causationId: z.string().describe('Id of the bus event that started the execution'),
    executionId: z.string().describe('ARN of the Step Functions execution'),
    origin: suggestionOrigin,
    suggestedAt: z.iso.datetime({ offset: true }),
  }),
  data: suggestionData,
});
export type TagsSuggested = z.infer<typeof tagsSuggested>;

/** An event as a subscriber gets it. */
export const tagsSuggestedSample: TagsSuggested = {
  metadata: {
    id: 'cc56b6d0ec53468f1acd39cb6dc8948fc538d829c98544157456590ec55bdd34',
    version: '1',
    correlationId: 'editor-save-4711',
    causationId: '17793124-05d4-b198-2fde-7ededc63b103',
    executionId:
      'arn:aws:states:ap-northeast-1:123456789012:execution:suggest-tags:17793124-05d4-b198-2fde-7ededc63b103_5f0c',
    origin: 'publish',
    suggestedAt: '2026-04-01T00:00:02.345Z',
  },
  data: {
    articleId: 'first-lambda-in-typescript',
    revision: 3,
    tags: [
      {
        key: 'awslambda',
        label: 'AWS Lambda',
        score: 0.61,
        semantic: 0.64,
        frequency: 0.54,
        evidence: [
          {
            where: 'title',
            spelling: 'AWS Lambda',
            offset: 17,
            snippet: 'TypeScriptで書く最初のAWS Lambda',
          },
        ],
      },
    ],
    degraded: [],
    scoring: {
      weights: { semantic: 0.7, frequency: 0.3 },
      threshold: 0.3,
      limit: 5,
      fit: '1',
    },
    model: { name: 'model2vec-ja-en', version: '1.0.0', sha256: 'a'.repeat(64) },
    catalogue: { version: 'shipped-1' },
  },
};

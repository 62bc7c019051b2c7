import * as z from 'zod';
import { LANGUAGES } from '../shared/language.ts';
import { candidate, short } from './candidate.ts';
import { MAX_CANDIDATES, MAX_EVIDENCE, MAX_LABEL_BYTES, MAX_SIMILAR, MAX_SNIPPET_BYTES } from './limits.ts';

/**
 * What travels between the states: requests as the state machine builds them, answers as the functions give them.
 * A vector is base64 of int8 (512 characters for 384 dimensions, see vector.ts); null where a text has no known token.
 */

/** Request of both keyword functions and, for an article, of the embedding function. */
export const articleRequest = z.object({
  detail: z.unknown(),
  executionId: z.string().optional().describe('ARN of the execution that asks; for the log alone'),
});

/** A candidate as the embedding function needs it: what it is called, and how the article spells it. */
export const term = z.object({
  label: short(MAX_LABEL_BYTES),
  spellings: z.array(short(MAX_LABEL_BYTES)).max(MAX_EVIDENCE).describe('Empty when only code names it'),
});
export type Term = z.infer<typeof term>;

export const keywordsAnswer = z.object({
  article: z.object({
    articleId: z.string(),
    revision: z.int().min(0),
    tags: z.array(z.string()).describe('Tags that the article already carries'),
    language: z.enum(LANGUAGES).describe('Told by its letters'),
  }),
  catalogue: z.object({ version: z.string() }),
  history: z
    .object({ articles: z.int().min(1) })
    .nullable()
    .describe('Earlier articles whose tags the author saved; null when there are none'),
  candidates: z.array(candidate).max(MAX_CANDIDATES),
  titles: z
    .array(short(MAX_SNIPPET_BYTES))
    .max(MAX_SIMILAR)
    .describe("Of the author's most similar articles, to be embedded"),
  terms: z.array(term).max(MAX_CANDIDATES).describe('What each candidate is called, to be embedded'),
});
export type KeywordsAnswer = z.infer<typeof keywordsAnswer>;

export const vector = z
  .string()
  .regex(/^[A-Za-z0-9+/]*={0,2}$/)
  .nullable();

export const modelIdentity = z.object({ name: z.string(), version: z.string(), sha256: z.string() });
export type ModelIdentity = z.infer<typeof modelIdentity>;

/** The embedding function's answer for an article; headings and lead are null where the article has none. */
export const articleEmbedding = z.object({
  model: modelIdentity,
  vectors: z.object({ title: vector, headings: vector, lead: vector, whole: vector }),
});
export type ArticleEmbedding = z.infer<typeof articleEmbedding>;

export const termsRequest = articleRequest.extend({
  terms: z.array(term).max(MAX_CANDIDATES),
  titles: keywordsAnswer.shape.titles,
});

/** The embedding function's answer for terms of an article, in the order of the request. */
export const termsEmbedding = z.object({
  model: modelIdentity,
  vectors: z.array(
    z.object({
      label: vector,
      context: vector.describe('Mean of the sentences that mention the term'),
      inTitle: z
        .number()
        .min(-1)
        .max(1)
        .describe("Cosine of the label and what is nearest to it in the article's title"),
    }),
  ),
  titles: z.array(vector),
});
export type TermsEmbedding = z.infer<typeof termsEmbedding>;

/** Stands where the embedding function gave no answer. */
const noEmbedding = z.object({ model: z.null() });

/** What the scorer gets: the gathered signals and, from the execution's own input, what it answers. */
export const suggestTagsRequest = z.object({
  event: z.object({
    id: z.string(),
    metadata: z.looseObject({ id: z.string(), correlationId: z.string().optional() }),
  }),
  execution: z.object({ id: z.string(), name: z.string(), redriveCount: z.int().min(0) }),
  keywords: z.object({
    answer: keywordsAnswer.omit({ terms: true, titles: true }),
    degraded: z.array(z.literal('keywords')),
    embedding: z.union([termsEmbedding, noEmbedding]),
  }),
  article: z.union([articleEmbedding, noEmbedding]),
});
export type SuggestTagsRequest = z.infer<typeof suggestTagsRequest>;

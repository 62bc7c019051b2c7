import * as z from 'zod';
import { MAX_EVIDENCE, MAX_LABEL_BYTES, MAX_SIMILAR, MAX_SNIPPET_BYTES } from './limits.ts';

/** Text of at most so many bytes of UTF-8. */
export const short = (bytes: number) =>
  z.string().refine((s) => Buffer.byteLength(s) <= bytes, `must be at most ${bytes} bytes of UTF-8`);

/** Where in the article a tag was found. */
export const evidence = z.object({
  where: z
    .enum(['title', 'heading', 'lead', 'body', 'code', 'history'])
    .describe('`history`: the author kept the tag on earlier articles'),
  spelling: short(MAX_SNIPPET_BYTES).describe('As the article, or else its author, spells it'),
  offset: z
    .int()
    .min(0)
    .optional()
    .describe(
      'UTF-16 code units into the title (where: title) or the body as published; absent where markup splits the spelling',
    ),
  snippet: short(MAX_SNIPPET_BYTES).describe('The words around it, or how often the author used the tag'),
  articles: z
    .int()
    .min(1)
    .optional()
    .describe('where: history: earlier articles of the author that carry the tag'),
  of: z.int().min(1).optional().describe('where: history: earlier articles whose tags the author saved'),
});
export type Evidence = z.infer<typeof evidence>;

/** A relevance in [0, 1] on the scale whose best cut is 0.3. */
export const relevance = z.number().min(0).max(1);

/** How a platform has used a tag so far; what semantic may know beside the vectors. */
export const prior = z.object({
  authors: z.int().min(0).describe('Authors who used the tag'),
  articles: z.int().min(0).describe('Articles that carry the tag'),
  mentions: z.int().min(0).describe('Articles that contain the tag in their text'),
  taggedWhenMentioned: z.int().min(0).describe('Articles that contain it and carry it'),
});
export type Prior = z.infer<typeof prior>;

/** How the article's author has used a tag on earlier articles, as `KeptTag` says it. */
export const keptBefore = z.object({
  articles: z.int().min(1),
  lately: z.number().min(0),
  last: z.int().min(0).nullable(),
  similar: z
    .array(z.int().min(0))
    .max(MAX_SIMILAR)
    .describe('Which of the similar articles carry it, as positions among `titles`'),
  inText: z.boolean().describe('Found in the article; false when only the history suggests it'),
});
export type KeptBefore = z.infer<typeof keptBefore>;

/** A tag that could be suggested: found in the article, or kept on earlier articles of its author. */
export const candidate = z.object({
  key: short(MAX_LABEL_BYTES).min(1).describe('NFKC, lower case, without spaces . _ - / ・'),
  label: short(MAX_LABEL_BYTES).min(1),
  known: z.boolean().describe('In the catalogue'),
  frequency: relevance,
  evidence: z.array(evidence).max(MAX_EVIDENCE),
  prior: prior.optional(),
  kept: keptBefore.optional(),
});
export type Candidate = z.infer<typeof candidate>;

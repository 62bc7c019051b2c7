import * as z from 'zod';
import { eventMetadata } from './article-published.ts';

/** How the event is found on the bus. `source` is the platform's own and not part of the pattern. */
export const ARTICLE_TAGGED = 'ArticleTagged';

/** What an author kept on an article. */
export const keptTags = z.object({
  articleId: z
    .string()
    .min(1)
    .refine((s) => Buffer.byteLength(s) <= 512, 'must be at most 512 bytes of UTF-8'),
  authorId: z.string().min(1).max(200),
  tags: z
    .array(z.string().min(1).max(100))
    .max(50)
    .describe('All tags that the article now carries, as the author spells them; empty when none was kept'),
  taggedAt: z.iso
    .datetime({ offset: true })
    .describe('When the author saved them; of two events about an article the later one holds'),
  suggestionId: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('`metadata.id` of the TagsSuggested event that the author was shown'),
});
export type KeptTags = z.infer<typeof keptTags>;

/** `detail` of `ArticleTagged`, version 1: sent when an author saves the tags of an article. */
export const articleTagged = z.object({ metadata: eventMetadata, data: keptTags });
export type ArticleTagged = z.infer<typeof articleTagged>;

/** An event as a platform sends it. */
export const articleTaggedSample: ArticleTagged = {
  metadata: { id: '5f1c7a52-93d7-4f5c-8a3e-2f4f5a0b6e21', version: '1', correlationId: 'editor-save-4712' },
  data: {
    articleId: 'first-lambda-in-typescript',
    authorId: 'hanako',
    tags: ['AWS Lambda', 'TypeScript'],
    taggedAt: '2026-04-01T09:05:00+09:00',
    suggestionId: 'cc56b6d0ec53468f1acd39cb6dc8948fc538d829c98544157456590ec55bdd34',
  },
};

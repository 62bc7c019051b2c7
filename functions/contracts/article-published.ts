import * as z from 'zod';
import { MAX_INLINE_BODY_BYTES, MAX_INLINE_BODY_JSON_BYTES, MAX_TITLE_CHARACTERS } from './limits.ts';

/** How the event is found on the bus. `source` is the publishing platform's own and not part of the pattern. */
export const ARTICLE_PUBLISHED = 'ArticlePublished';

const text = (field: string) => z.string().refine((s) => s.trim() !== '', `${field} must not be empty`);

/** The event's own facts. */
export const eventMetadata = z.object({
  id: z.string().min(1).max(200).describe('Unique id of this event'),
  version: z
    .union([z.literal(1), z.string().regex(/^1(\.\d+){0,2}$/, 'must be version 1, such as "1" or "1.0"')])
    .describe('Version of this contract: 1'),
  correlationId: z.string().min(1).max(200).optional().describe('Passed on to everything this event causes'),
});

export const articleFormat = z.enum(['markdown', 'html', 'text']);

const article = z.object({
  articleId: z
    .string()
    .min(1)
    .refine((s) => Buffer.byteLength(s) <= 512, 'must be at most 512 bytes of UTF-8'),
  revision: z.int().min(0).describe('Grows with each version of the article'),
  title: text('title').pipe(z.string().max(MAX_TITLE_CHARACTERS)),
  body: text('body')
    .refine(
      (s) => Buffer.byteLength(s) <= MAX_INLINE_BODY_BYTES,
      `body must be at most ${MAX_INLINE_BODY_BYTES / 1024} KiB of UTF-8; put a larger one (up to 1 MiB) into a bucket and name it in bodyLocation`,
    )
    .refine(
      (s) => Buffer.byteLength(JSON.stringify(s)) <= MAX_INLINE_BODY_JSON_BYTES,
      `body must be at most ${MAX_INLINE_BODY_JSON_BYTES / 1024} KiB as JSON; put it into a bucket and name it in bodyLocation`,
    )
    .optional()
    .describe('At most 128 KiB of UTF-8; either this or bodyLocation'),
  bodyLocation: z
    .object({ bucket: z.string().min(3).max(63), key: z.string().min(1).max(1024) })
    .optional()
    .describe('An object in S3 with the body, at most 1 MiB of UTF-8; either this or body'),
  format: articleFormat,
  authorId: z.string().min(1).max(200).optional(),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a language tag such as "ja" or "en-US"')
    .optional(),
  tags: z
    .array(z.string().min(1).max(100))
    .max(50)
    .optional()
    .describe('Tags that the article already carries'),
  url: z.url().max(2048).optional(),
});

/** `detail` of `ArticlePublished`, version 1. */
export const articlePublished = z.object({
  metadata: eventMetadata.extend({ publishedAt: z.iso.datetime({ offset: true }) }),
  data: article.refine((data) => (data.body === undefined) !== (data.bodyLocation === undefined), {
    message: 'either body or bodyLocation must be given, and not both',
    path: ['body'],
  }),
});

export type ArticlePublished = z.infer<typeof articlePublished>;
export type Article = ArticlePublished['data'];

/** An event as a platform sends it. */
export const articlePublishedSample: ArticlePublished = {
  metadata: {
    id: '0b5e5a0e-6f0f-4f5e-9a53-2d5f0c1f7c11',
    version: '1',
    correlationId: 'editor-save-4711',
    publishedAt: '2026-04-01T09:00:00+09:00',
  },
  data: {
    articleId: 'first-lambda-in-typescript',
    revision: 3,
    title: 'TypeScriptで書く最初のAWS Lambda',
    body: '## はじめに\n\nAWS LambdaをTypeScriptで書き、CDKでデプロイするまでの手順をまとめます。\n',
    format: 'markdown',
    authorId: 'hanako',
    language: 'ja',
    tags: ['aws'],
    url: 'https://blog.example.com/first-lambda-in-typescript',
  },
};

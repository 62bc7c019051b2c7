import type * as z from 'zod';
import { type Article, articlePublished } from '../contracts/article-published.ts';
import { InvalidArticle } from './errors.ts';
import { loadBody } from './load-body.ts';

/** An article that keeps the contract, its body at hand. */
export type AcceptedArticle = Omit<Article, 'body' | 'bodyLocation'> & {
  body: string;
  /** When this revision was published, ISO 8601. */
  publishedAt: string;
};

/**
 * Judges the `detail` of an `ArticlePublished` event and fetches the body where it lies in a bucket.
 *
 * @throws InvalidArticle naming each field that breaks the contract, and what is allowed
 * @throws BodyUnavailable when the bucket does not answer
 */
export async function acceptArticle(detail: unknown): Promise<AcceptedArticle> {
  const parsed = articlePublished.safeParse(detail);
  if (!parsed.success) throw new InvalidArticle(describeIssues(parsed.error));
  const { body, bodyLocation, ...article } = parsed.data.data;
  const { publishedAt } = parsed.data.metadata;
  return { ...article, publishedAt, body: body ?? (await loadBody(bodyLocation!)) };
}

/** Each broken rule as `field: what is allowed`, one line. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`).join('; ');
}

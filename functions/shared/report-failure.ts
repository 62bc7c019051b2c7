import { logger } from './logger.ts';

/** What leads from a line of the log to its article and its execution, whether or not the request keeps its contract. */
export function subjectOf(request: unknown): Record<string, unknown> {
  const at = (...path: string[]) =>
    path.reduce((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], request);
  const article = at('detail', 'data') ?? at('keywords', 'answer', 'article');
  const { articleId, revision } = (article ?? {}) as Record<string, unknown>;
  return { articleId, revision, executionId: at('executionId') ?? at('execution', 'id') };
}

/**
 * Does the work of a request, and writes what it throws into the log beside its article and its execution: a caught
 * error degrades, and the event that says so does not say why.
 */
export async function reportingFailure<Answer>(
  request: unknown,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    logger.error('failed', { ...subjectOf(request), error: name, reason: message });
    throw error;
  }
}

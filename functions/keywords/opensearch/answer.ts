import * as z from 'zod';
import { KeywordsError } from '../../shared/errors.ts';
import { nameOfStatus } from './client.ts';

/** Parses what came; whatever else answers on that address is not the OpenSearch that was asked. */
export function parseAnswer<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `answered what it never answers: ${issue?.path.join('.') || 'body'}: ${issue?.message}`;
  throw new KeywordsError('KeywordsUnavailable', `OpenSearch ${message}`, { cause: parsed.error });
}

/** Stands in place of a document in an answer about several. */
export const documentError = z.object({ type: z.string(), reason: z.string().nullish() });

/** @throws KeywordsError when one of several documents could not be asked for */
export function throwDocumentErrors(
  docs: readonly { error?: z.infer<typeof documentError> | undefined }[],
): void {
  for (const { error } of docs) {
    if (!error) continue;
    const name = nameOfStatus(/rejected|circuit_breaking/.test(error.type) ? 429 : 500, error.type);
    throw new KeywordsError(name, `OpenSearch did not look it up: ${error.type}: ${error.reason}`);
  }
}

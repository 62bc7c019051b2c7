import type { API } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { documentError, parseAnswer, throwDocumentErrors } from '../../keywords/opensearch/answer.ts';
import { tombstoneOf } from '../version.ts';

/** What a document is about. */
export interface Subject {
  articleId: string;
  authorId: string;
}

const answer = z.object({
  docs: z.array(
    z.object({
      error: documentError.optional(),
      _source: z.object({ forgottenAt: z.iso.datetime() }).optional(),
    }),
  ),
});

/** Asks whether an article or its author is forgotten: in real time, whatever the index was refreshed. */
export function forgottenRequest(index: string, { articleId, authorId }: Subject): API.Mget_Request {
  return {
    index,
    filter_path: ['docs.error.type', 'docs.error.reason', 'docs.found', 'docs._source.forgottenAt'],
    body: { ids: [tombstoneOf({ articleId }), tombstoneOf({ authorId })] },
  };
}

/**
 * Milliseconds since 1970 up to which the article or its author is forgotten, -Infinity for neither.
 *
 * @throws KeywordsError when the answer is none, or says that the index could not be asked
 */
export function readForgotten(body: unknown): number {
  const { docs } = parseAnswer(answer, body);
  throwDocumentErrors(docs);
  return Math.max(
    Number.NEGATIVE_INFINITY,
    ...docs.flatMap(({ _source }) => (_source ? [Date.parse(_source.forgottenAt)] : [])),
  );
}

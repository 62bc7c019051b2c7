import type { Client } from '@opensearch-project/opensearch';
import type { PendingRequest } from '../../keywords/opensearch/client.ts';
import { forgottenAlias, historyAlias } from '../../keywords/opensearch/indices.ts';
import type { KeptByAuthor } from '../author-history.ts';
import { forgottenRequest, readForgotten, type Subject } from './forgotten.ts';
import { keptByRequest, readKeptBy } from './kept-by.ts';

/** What is to be known of an author before it is known what the article at hand mentions. */
export interface Author {
  kept: KeptByAuthor;
  /** Milliseconds since 1970 up to which the article or its author is forgotten. */
  forgotten: number;
}

/** Asks for it in two requests, to go out beside others. */
export function authorRequests(client: Client, indexPrefix: string, subject: Subject): PendingRequest[] {
  const { authorId, articleId } = subject;
  return [
    client.search(keptByRequest(historyAlias(indexPrefix), authorId, articleId)),
    client.mget(forgottenRequest(forgottenAlias(indexPrefix), subject)),
  ];
}

/** @throws KeywordsError when one of the answers is none */
export function readAuthor([kept, forgotten]: readonly unknown[]): Author {
  return { kept: readKeptBy(kept), forgotten: readForgotten(forgotten) };
}

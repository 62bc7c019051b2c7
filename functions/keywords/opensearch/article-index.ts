import type { Client } from '@opensearch-project/opensearch';
import type { AcceptedArticle } from '../../shared/accept-article.ts';
import type { ArticleText } from '../../shared/article-text.ts';
import { KeywordsError } from '../../shared/errors.ts';
import { withDeadline } from './client.ts';

/** What became of an article that was to be indexed. */
export type Indexed = 'indexed' | 'newer revision kept';

/**
 * Indexes an article under its id with its revision as external version, so that whatever the order of arrival the
 * newest revision stays.
 *
 * @throws KeywordsError when OpenSearch does not take it
 */
export async function indexArticle(
  client: Client,
  options: {
    index: string;
    article: Pick<AcceptedArticle, 'articleId' | 'revision' | 'authorId'>;
    text: ArticleText;
    signal: AbortSignal;
  },
): Promise<Indexed> {
  const { index, article, text, signal } = options;
  const texts = (isHeading: boolean) =>
    text.blocks.slice(1).flatMap((block) => ((block.where === 'heading') === isHeading ? [block.text] : []));
  try {
    await withDeadline(signal, [
      client.index({
        index,
        id: article.articleId,
        version: article.revision,
        version_type: 'external',
        // A missing alias must not become an index with guessed mappings.
        require_alias: true,
        body: {
          articleId: article.articleId,
          title: text.title,
          headings: texts(true),
          body: texts(false),
          ...(article.authorId && { authorId: article.authorId }),
          indexedAt: new Date().toISOString(),
        },
      }),
    ]);
    return 'indexed';
  } catch (error) {
    if (error instanceof KeywordsError && isConflict(error.cause)) return 'newer revision kept';
    throw error;
  }
}

function isConflict(cause: unknown): boolean {
  return (cause as { statusCode?: number } | undefined)?.statusCode === 409;
}

import { parseTagsSuggested, type TagsSuggested } from '../subscriber.ts';

/**
 * An example of a subscriber: writes suggested tags to a CMS.
 *
 * It may be called twice with the same event, in any order, at the same time: EventBridge promises no more.
 */

/** What the CMS keeps beside an article, and apart from the tags that its author saved; one record an article. */
export interface SuggestionRecord {
  id: string;
  revision: number;
  suggestedAt: string;
  degraded: boolean;
  labels: string[];
}

/** The little that is needed of a CMS. */
export interface Cms {
  /** `version` is whatever changes with each save: an ETag, a counter. undefined when there is no such article. */
  read(articleId: string): Promise<{ version: string; suggestion?: SuggestionRecord } | undefined>;
  /**
   * Saves, unless the article has been saved since it was read. A CMS that publishes `ArticlePublished` when an article
   * is saved puts the correlation id into its metadata, and into `tags` nothing of the suggestion: no author accepted it
   * yet (see `saved-tags.ts`).
   *
   * @returns false when it was saved since
   */
  save(
    articleId: string,
    suggestion: SuggestionRecord,
    options: { ifVersion: string; correlationId: string },
  ): Promise<boolean>;
}

export type Outcome =
  | 'written'
  | 'caused by our own write'
  | 'no such article'
  | 'said before'
  | 'an older revision'
  | 'an older suggestion'
  | 'less than is known';

/** Marks what our own writes cause: a correlation id is passed on from `ArticlePublished` to `TagsSuggested`. */
const OWN = 'suggested-tags:';

/** Builds the handler of the function that the rule calls. */
export function createHandler(cms: Cms) {
  return async (event: unknown): Promise<Outcome> => {
    const suggestion = parseTagsSuggested(event);
    if (suggestion.metadata.correlationId.startsWith(OWN)) return 'caused by our own write';
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await write(cms, suggestion);
      if (outcome) return outcome;
    }
    // EventBridge delivers it again.
    throw new Error(`${suggestion.data.articleId} is being saved by others, again and again`);
  };
}

/** @returns undefined when somebody else has saved the article meanwhile */
async function write(cms: Cms, suggestion: TagsSuggested): Promise<Outcome | undefined> {
  const { articleId } = suggestion.data;
  const article = await cms.read(articleId);
  if (!article) return 'no such article';
  const record = toRecord(suggestion);
  const reason = article.suggestion && reasonToKeep(article.suggestion, record);
  if (reason) return reason;
  const options = { ifVersion: article.version, correlationId: `${OWN}${record.id}` };
  return (await cms.save(articleId, record, options)) ? 'written' : undefined;
}

function toRecord({ metadata, data }: TagsSuggested): SuggestionRecord {
  return {
    id: metadata.id,
    revision: data.revision,
    suggestedAt: metadata.suggestedAt,
    degraded: data.degraded.length > 0,
    labels: data.tags.map(({ label }) => label),
  };
}

/** The newest `suggestedAt` of the newest revision wins; but a degraded one does not replace a whole one. */
function reasonToKeep(kept: SuggestionRecord, came: SuggestionRecord): Outcome | undefined {
  if (came.id === kept.id) return 'said before';
  if (came.revision !== kept.revision) return came.revision < kept.revision ? 'an older revision' : undefined;
  if (Date.parse(came.suggestedAt) <= Date.parse(kept.suggestedAt)) return 'an older suggestion';
  return came.degraded && !kept.degraded ? 'less than is known' : undefined;
}

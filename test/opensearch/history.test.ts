import type { Forget, HistoryStore } from '../../functions/history/store.ts';
import { describeHistoryStore } from '../history/store-contract.ts';
import { scratch } from './scratch.ts';

/** Two, to be compared. */
const searches = [scratch(), scratch()];

/** A store within a store: ids of its own, so that no indices need be made for each test. */
function within(history: HistoryStore, space: string): HistoryStore {
  const own = (id: string) => (id.length > 100 ? id : `${space}-${id}`);
  const ownIds = <T extends { articleId: string; authorId: string }>(one: T): T => ({
    ...one,
    articleId: own(one.articleId),
    authorId: own(one.authorId),
  });
  const ownOf = (what: Forget): Forget =>
    'authorId' in what ? { authorId: own(what.authorId) } : { articleId: own(what.articleId) };
  return {
    keptBy: (authorId, articleId) => history.keptBy(own(authorId), own(articleId)),
    relatedTo: (authorId, articleId, query) => history.relatedTo(own(authorId), own(articleId), query),
    record: (kept) => history.record(ownIds(kept)),
    remember: (article) => history.remember(ownIds(article)),
    forget: (what, at) => history.forget(ownOf(what), at),
    count: (what) => history.count(ownOf(what)),
  };
}

let opened = 0;
describeHistoryStore(
  async () => {
    const { history, dump } = searches[opened % searches.length]!;
    // Equal for the two that are compared: of two events of one time the ids decide.
    const space = `space${Math.floor(opened / searches.length)}`;
    opened += 1;
    const ofSpace = (document: unknown) => JSON.stringify(document).includes(`${space}-`);
    return {
      store: within(history, space),
      dump: async () => JSON.stringify((await dump()).filter(ofSpace)),
    };
  },
  { numRuns: 15 },
);

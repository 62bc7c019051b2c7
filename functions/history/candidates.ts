import type { KeptBefore } from '../contracts/candidate.ts';
import { MAX_LABEL_BYTES } from '../contracts/limits.ts';
import { cutToBytes } from '../keywords/evidence.ts';
import { type Corpus, compare, type Found, isTagLike, tfIdf } from '../keywords/extract.ts';
import type { AuthorHistory, KeptTag } from './author-history.ts';
import { frequencyHistory, isLeftOut } from './features.ts';
import type { RelatedQuery } from './store.ts';

/** Terms of an article that its author's other articles are searched for, the most telling by tf-idf. */
const TELLING_TERMS = 40;

/** Keys of everything that the text mentions. */
export function keysOf(found: readonly Pick<Found, 'key' | 'mentionedAs' | 'mentions'>[]): string[] {
  return found.filter(({ mentions }) => mentions.length > 0).map(({ key, mentionedAs = key }) => mentionedAs);
}

/** What to ask of the author's other articles. */
export function relatedQueryOf(
  found: readonly Pick<Found, 'key' | 'mentions'>[],
  corpus: Corpus,
): RelatedQuery {
  const telling = found
    .filter(({ mentions }) => mentions.length > 0)
    .map(({ key, mentions }) => ({ key, weight: tfIdf(corpus, key, mentions) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || compare(a.key, b.key))
    .slice(0, TELLING_TERMS);
  const total = telling.reduce((sum, { weight }) => sum + weight, 0);
  return {
    terms: new Map(telling.map(({ key, weight }) => [key, weight / total])),
    keys: found.map(({ key }) => key),
  };
}

/** Tags that only the history suggests, those on most articles first. */
const KEPT_TAGS = 50;

/** The tags that an author kept before and the text does not mention, as far as they are considered. */
export function keptOutsideText(
  tags: AuthorHistory['tags'],
  inText: ReadonlySet<string>,
): [key: string, kept: KeptTag][] {
  return [...tags]
    .filter(([key]) => !inText.has(key) && isTagLike(key))
    .sort(([a, { articles: ofA }], [b, { articles: ofB }]) => ofB - ofA || compare(a, b))
    .slice(0, KEPT_TAGS);
}

/** Adds what the author's earlier articles say: of each candidate, and of tags that the article does not mention. */
export function withHistory(found: readonly Found[], history: AuthorHistory | undefined): Found[] {
  if (!history || history.articles === 0) return [...found];
  const inText = found.map((one) => {
    const own = ownSpelling(one, history.tags);
    return {
      ...one,
      ...own,
      mentionedAs: one.key,
      leftOut: isLeftOut(own.key, history, one.key),
      history: frequencyHistory(own.key, history, { inText: true, mentionedAs: one.key }),
      kept: keptBefore(own.key, history, true),
    };
  });
  const keys = new Set([...found, ...inText].map(({ key }) => key));
  const onlyKept = keptOutsideText(history.tags, keys).map(
    ([key, { label }]): Found => ({
      key,
      label: cutToBytes(label, MAX_LABEL_BYTES),
      known: false,
      inText: false,
      mentions: [],
      code: undefined,
      prior: undefined,
      features: {},
      history: frequencyHistory(key, history, { inText: false }),
      kept: keptBefore(key, history, false),
    }),
  );
  return [...inText, ...onlyKept];
}

/**
 * A tag as its author calls it: whoever keeps k8s is not suggested kubernetes beside it. The label of a tag of the
 * catalogue is the platform's, where the key is.
 */
function ownSpelling(
  { key, label, aliases = [], known }: Found,
  tags: AuthorHistory['tags'],
): Pick<Found, 'key' | 'label'> {
  const [own] = [key, ...aliases]
    .filter((spelling) => tags.has(spelling))
    .sort((a, b) => tags.get(b)!.articles - tags.get(a)!.articles);
  if (own === undefined || (own === key && known)) return { key, label };
  return { key: own, label: cutToBytes(tags.get(own)!.label, MAX_LABEL_BYTES) };
}

function keptBefore(key: string, { tags, similar }: AuthorHistory, inText: boolean): KeptBefore | undefined {
  const kept = tags.get(key);
  if (!kept) return undefined;
  const { articles, lately, last } = kept;
  const carriers = similar.flatMap((article, index) => (article.tags.has(key) ? [index] : []));
  return { articles, lately, last, similar: carriers, inText };
}

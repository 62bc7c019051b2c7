import type { Candidate, KeptBefore, Prior } from '../contracts/candidate.ts';
import { MAX_CANDIDATES, MAX_LABEL_BYTES } from '../contracts/limits.ts';
import type { KeywordsAnswer, Term } from '../contracts/signals.ts';
import { type AuthorHistory, titlesOf } from '../history/author-history.ts';
import type { AcceptedArticle } from '../shared/accept-article.ts';
import type { ArticleText } from '../shared/article-text.ts';
import { type Features, type Fit, type FitPart, partsFor, relevances, type Signals } from '../shared/fit.ts';
import { languageOf } from '../shared/language.ts';
import type { Catalogue } from './catalogue.ts';
import { type CodeLanguage, codeLanguages } from './code.ts';
import { evidenceOf, historyEvidence } from './evidence.ts';
import { frequencyFeatures } from './frequency.ts';
import { findPhrases, findTags, type Mention, type UnitBlock } from './mentions.ts';
import { tagKey } from './tag-key.ts';

/** A tag found in an article or kept by its author before, measured but not yet judged. */
export interface Found extends Signals {
  key: string;
  label: string;
  /** The catalogue's key of a tag whose author calls it by another one. @default key */
  mentionedAs?: string | undefined;
  /** Keys of its other spellings. */
  aliases?: readonly string[];
  mentions: Mention[];
  /** Name of the code blocks' language when the tag is one. */
  code: string | undefined;
  prior: Prior | undefined;
  /** Its author mentions it again and again and never keeps it: no candidate any more. */
  leftOut?: boolean | undefined;
  /** How the author has used the tag before. */
  kept?: KeptBefore | undefined;
}

/** What an engine knows about terms beyond the article at hand. */
export interface Corpus {
  documents: number;
  documentFrequency(key: string): number;
}

/** Phrases outside the catalogue are considered in the title or from so many mentions on, the best so many by tf-idf. */
const PHRASE_MENTIONS = 3;
const PHRASES = 40;

/** Finds and measures everything in the article that could be suggested. */
export function findCandidates(options: {
  text: ArticleText;
  blocks: UnitBlock[];
  catalogue: Pick<Catalogue, 'find'>;
  corpus: Corpus;
}): Found[] {
  const { text, blocks, catalogue, corpus } = options;
  const known = findTags(blocks, (key) => catalogue.find(key)?.key);
  const code = new Map<string, CodeLanguage>();
  for (const [name, language] of codeLanguages(text.code)) {
    const tag = catalogue.find(name);
    code.set(tag?.key ?? name, language);
    if (tag && !known.has(tag.key)) known.set(tag.key, []);
  }

  const phrases = [...findPhrases(blocks)]
    .filter(
      ([key, mentions]) =>
        !catalogue.find(key) && isTagLike(key) && isFrequent(mentions) && !mentions.every(isHost),
    )
    .map(([key, mentions]) => ({ key, mentions, tfIdf: tfIdf(corpus, key, mentions) }))
    .sort((a, b) => b.tfIdf - a.tfIdf || compare(a.key, b.key))
    .slice(0, PHRASES);

  const counts = {
    units: blocks.reduce((sum, { units }) => sum + units.length, 0),
    mostMentions: Math.max(1, ...[...known.values()].map(({ length }) => length)),
  };
  const covered = coveredMentions([...known.values(), ...phrases.map(({ mentions }) => mentions)]);
  const measure = (key: string, mentions: Mention[], prior?: Prior): Features =>
    frequencyFeatures({
      key,
      mentions,
      prior,
      counts,
      free: mentions.length === 0 ? 1 : mentions.filter((one) => !covered.has(one)).length / mentions.length,
      code: code.get(key),
      term: { documents: corpus.documents, documentFrequency: corpus.documentFrequency(key) },
    });
  return [
    ...[...known].map(([key, mentions]) => {
      const { label, aliases, prior } = catalogue.find(key)!;
      const features = measure(key, mentions, prior);
      return {
        key,
        label,
        aliases: aliases.map(tagKey),
        known: true,
        mentions,
        code: code.get(key)?.spelling,
        prior,
        features,
      };
    }),
    ...phrases.map(({ key, mentions }) => {
      const features = measure(key, mentions);
      const label = commonestSpelling(mentions);
      return { key, label, known: false, mentions, code: undefined, prior: undefined, features };
    }),
  ];
}

/** The best hundred by `frequency`, best first, without those that their author leaves out every time. */
export function rankByFrequency<T extends Signals & { key: string; leftOut?: boolean | undefined }>(
  all: readonly T[],
  part: FitPart,
): (T & { frequency: number })[] {
  const found = all.filter(({ leftOut }) => !leftOut);
  const frequencies = relevances(found, part);
  return found
    .map((one, index) => ({ ...one, frequency: frequencies[index]! }))
    .sort((a, b) => b.frequency - a.frequency || compare(a.key, b.key))
    .slice(0, MAX_CANDIDATES);
}

/** Judges what was found, with evidence from the source and from the author's earlier articles. */
export function toCandidates(
  found: readonly Found[],
  fit: Fit,
  source: { title: string; body: string },
  history?: AuthorHistory,
): Candidate[] {
  const part = partsFor(fit, languageOf(source)).frequency;
  return rankByFrequency(found, part).map(
    ({ key, label, known, frequency, mentions, code, prior, kept }) => ({
      key,
      label,
      known,
      frequency,
      evidence: [
        ...(mentions.length === 0 && code !== undefined
          ? [{ where: 'code' as const, spelling: code, snippet: `\`\`\`${code}` }]
          : evidenceOf(mentions, source)),
        ...(kept && history ? [historyEvidence({ ...history.tags.get(key)!, of: history.articles })] : []),
      ],
      ...(prior && { prior }),
      ...(kept && { kept }),
    }),
  );
}

/** A candidate as the embedding function needs it. */
export function termOf({ label, evidence }: Pick<Candidate, 'label' | 'evidence'>): Term {
  const spellings = evidence
    .filter(
      ({ where, spelling }) =>
        where !== 'code' && where !== 'history' && Buffer.byteLength(spelling) <= MAX_LABEL_BYTES,
    )
    .map(({ spelling }) => spelling);
  return { label, spellings: [...new Set(spellings)] };
}

/** What both engines answer. */
export function toAnswer(
  article: AcceptedArticle,
  catalogueVersion: string,
  candidates: Candidate[],
  history?: AuthorHistory,
): KeywordsAnswer {
  const { articleId, revision, tags = [] } = article;
  return {
    article: { articleId, revision, tags, language: languageOf(article) },
    catalogue: { version: catalogueVersion },
    history: history && history.articles > 0 ? { articles: history.articles } : null,
    candidates,
    titles: titlesOf(history),
    terms: candidates.map(termOf),
  };
}

/** Mentions that stand within a longer one (the Functions of Step Functions). */
function coveredMentions(found: readonly Mention[][]): Set<Mention> {
  const covered = new Set<Mention>();
  for (const mentions of Map.groupBy(found.flat(), ({ block }) => block).values()) {
    let widest: Mention | undefined;
    for (const mention of mentions.sort((a, b) => a.start - b.start || b.end - a.end)) {
      if (!widest || mention.end > widest.end) widest = mention;
      else if (mention.start > widest.start || mention.end < widest.end) covered.add(mention);
    }
  }
  return covered;
}

/** Endings of hosts: what is written with one is an address, no topic. */
const HOST = /\.(?:com|jp|org)$/i;

function isHost({ block, start, end }: Mention): boolean {
  return HOST.test(block.text.slice(start, end));
}

function isFrequent(mentions: Mention[]): boolean {
  return mentions.length >= PHRASE_MENTIONS || mentions.some(({ block }) => block.where === 'title');
}

/** Not a single character, not only digits, not longer than a tag may be. */
export function isTagLike(key: string): boolean {
  return [...key].length >= 2 && !/^\p{N}+$/u.test(key) && Buffer.byteLength(key) <= MAX_LABEL_BYTES / 2;
}

/** log(1 + mentions) × log((documents + 1) / (documents with the term + 1)). */
export function tfIdf(corpus: Corpus, key: string, mentions: readonly Mention[]): number {
  const idf = Math.log((corpus.documents + 1) / (corpus.documentFrequency(key) + 1));
  return Math.log1p(mentions.length) * idf;
}

function commonestSpelling(mentions: Mention[]): string {
  const counts = new Map<string, number>();
  for (const { block, start, end } of mentions) {
    const spelling = block.text.slice(start, end);
    counts.set(spelling, (counts.get(spelling) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))[0]![0];
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

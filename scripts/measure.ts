import { embedArticle, embedTerms } from '../functions/embedding/embed.ts';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import { type AuthorHistory, titlesOf } from '../functions/history/author-history.ts';
import { withHistory } from '../functions/history/candidates.ts';
import type { Catalogue } from '../functions/keywords/catalogue.ts';
import { findInArticle } from '../functions/keywords/embedded.ts';
import { evidenceOf } from '../functions/keywords/evidence.ts';
import { type Found, rankByFrequency, termOf } from '../functions/keywords/extract.ts';
import type { JapaneseTokenizer } from '../functions/keywords/japanese-tokenizer.ts';
import { tagKey } from '../functions/keywords/tag-key.ts';
import { rankTags, type Scoring } from '../functions/scorer/rank.ts';
import { semanticSignals } from '../functions/scorer/semantic.ts';
import { readArticleText } from '../functions/shared/article-text.ts';
import { type Fit, partsFor, relevances, type Signals, type TagDirection } from '../functions/shared/fit.ts';
import { type Language, languageOf } from '../functions/shared/language.ts';
import type { TaggedArticle } from './articles.ts';
import type { Judged } from './metrics.ts';

/** An article's candidate with the signals of both parts. */
export interface MeasuredCandidate
  extends Pick<
    Found,
    'key' | 'label' | 'known' | 'inText' | 'features' | 'mentionedAs' | 'history' | 'kept' | 'leftOut'
  > {
  semantic: Pick<Signals, 'features' | 'history'>;
}

/** What a fit learns from: an article's candidates with their signals, measured by the product's own functions. */
export interface Measured {
  id: string;
  source: string;
  lang: string;
  /** The language that it is judged in. */
  language: Language;
  wanted: Set<string>;
  /** Earlier articles that its author had tagged; 0 too where the history was left out. */
  earlier: number;
  candidates: MeasuredCandidate[];
}

export interface Instruments {
  catalogue: Catalogue;
  japanese: JapaneseTokenizer;
  model: Model2Vec;
  tagDirection: TagDirection | undefined;
}

/** Measures one article, its author's history left out: every candidate with the signals of both parts. */
export function measureArticle(article: TaggedArticle, instruments: Instruments): Measured {
  const found = findInArticle({ ...article, format: 'markdown' }, instruments);
  return measureFound(article, found, instruments);
}

/** Measures what some engine found in an article, and what its author did before. */
export function measureFound(
  article: TaggedArticle,
  found: readonly Found[],
  { model, tagDirection }: Pick<Instruments, 'model' | 'tagDirection'>,
  history?: AuthorHistory,
): Measured {
  const { id, source, lang, tags, title, body } = article;
  const text = readArticleText({ title, body, format: 'markdown' });
  const candidates = withHistory(found, history);
  const terms = candidates.map(({ label, mentions }) =>
    termOf({ label, evidence: evidenceOf(mentions, article) }),
  );
  const earlier = history?.articles ?? 0;
  const signals = semanticSignals(
    candidates,
    embedTerms(model, { terms, titles: titlesOf(history) }, text),
    embedArticle(model, text),
    { history: earlier > 0 ? { articles: earlier } : null, tagDirection },
  );
  return {
    id,
    source,
    lang,
    language: languageOf(article),
    wanted: new Set(tags.map(tagKey)),
    earlier,
    candidates: candidates.map(
      ({ key, label, known, inText, features, history: ofAuthor, kept, leftOut, mentionedAs }, index) => ({
        key,
        label,
        known,
        inText,
        features,
        history: ofAuthor,
        kept,
        leftOut,
        mentionedAs,
        semantic: { features: signals[index]!.features, history: signals[index]!.history },
      }),
    ),
  };
}

/** The same article by an author who is not known. */
export function withoutHistory(measured: Measured): Measured {
  const candidates = measured.candidates
    .filter(({ inText = true }) => inText)
    .map(({ history, kept, leftOut, mentionedAs, semantic, ...candidate }) => ({
      ...candidate,
      key: mentionedAs ?? candidate.key,
      semantic: { features: semantic.features },
    }));
  return { ...measured, earlier: 0, candidates };
}

/** A candidate as semantic reads it. */
export function semanticOf({ known, inText, semantic }: MeasuredCandidate): Signals {
  return { known, inText, ...semantic };
}

/** What the product would suggest for a measured article with another fit or scoring. */
export function judge({ candidates, ...article }: Measured, fit: Fit, scoring: Scoring): Judged {
  const parts = partsFor(fit, article.language);
  const ranked = rankByFrequency(candidates, parts.frequency);
  const tags = rankTags(
    ranked.map((one) => ({ ...one, evidence: [] })),
    relevances(ranked.map(semanticOf), parts.semantic),
    scoring,
  );
  return { ...article, suggested: tags.map(({ key, score }) => ({ key, score })) };
}

import { embedArticle, embedTerms } from '../functions/embedding/embed.ts';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import type { Catalogue } from '../functions/keywords/catalogue.ts';
import { findInArticle } from '../functions/keywords/embedded.ts';
import { evidenceOf } from '../functions/keywords/evidence.ts';
import { type Found, rankByFrequency, termOf } from '../functions/keywords/extract.ts';
import type { JapaneseTokenizer } from '../functions/keywords/japanese-tokenizer.ts';
import { tagKey } from '../functions/keywords/tag-key.ts';
import { rankTags, type Scoring } from '../functions/scorer/rank.ts';
import { type SemanticSignals, semanticSignals } from '../functions/scorer/semantic.ts';
import { readArticleText } from '../functions/shared/article-text.ts';
import { type Features, type Fit, partsFor, relevances } from '../functions/shared/fit.ts';
import { type Language, languageOf } from '../functions/shared/language.ts';
import type { TaggedArticle } from './articles.ts';
import type { Judged } from './metrics.ts';

/** What a fit learns from: an article's candidates with their signals, measured by the product's own functions. */
export interface Measured {
  id: string;
  source: string;
  lang: string;
  /** The language that it is judged in. */
  language: Language;
  wanted: Set<string>;
  candidates: (Pick<Found, 'key' | 'label' | 'known' | 'features'> & { semantic: Features })[];
}

export interface Instruments {
  catalogue: Catalogue;
  japanese: JapaneseTokenizer;
  model: Model2Vec;
}

/** Measures one article: every candidate with the signals of both parts. */
export function measureArticle(
  article: TaggedArticle,
  { catalogue, japanese, model }: Instruments,
): Measured {
  const found = findInArticle({ ...article, format: 'markdown' }, { catalogue, japanese });
  return measureFound(article, found, model);
}

/** Measures what some engine found in an article. */
export function measureFound(article: TaggedArticle, found: readonly Found[], model: Model2Vec): Measured {
  const { id, source, lang, tags, title, body } = article;
  const markdown = { title, body, format: 'markdown' } as const;
  const text = readArticleText(markdown);
  const terms = found.map(({ label, mentions }) =>
    termOf({ label, evidence: evidenceOf(mentions, article) }),
  );
  const signals = semanticSignals(found, embedTerms(model, terms, text), embedArticle(model, text));
  return {
    id,
    source,
    lang,
    language: languageOf(article),
    wanted: new Set(tags.map(tagKey)),
    candidates: found.map(({ key, label, known, features }, index) => ({
      key,
      label,
      known,
      features,
      semantic: signals[index]!.features,
    })),
  };
}

/** What the product would suggest for a measured article with another fit or scoring. */
export function judge({ candidates, ...article }: Measured, fit: Fit, scoring: Scoring): Judged {
  const parts = partsFor(fit, article.language);
  const ranked = rankByFrequency(candidates, parts.frequency);
  const signals: SemanticSignals[] = ranked.map(({ known, semantic }) => ({ known, features: semantic }));
  const tags = rankTags(
    ranked.map((one) => ({ ...one, evidence: [] })),
    relevances(signals, parts.semantic),
    scoring,
  );
  return { ...article, suggested: tags.map(({ key, score }) => ({ key, score })) };
}

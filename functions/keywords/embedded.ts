import { keysOf, relatedQueryOf, withHistory } from '../history/candidates.ts';
import { recallAuthor, storeArticle } from '../history/recall.ts';
import type { HistoryStore } from '../history/store.ts';
import type { AcceptedArticle } from '../shared/accept-article.ts';
import { readArticleText } from '../shared/article-text.ts';
import { assertFits, type Fit } from '../shared/fit.ts';
import type { Catalogue } from './catalogue.ts';
import type { KeywordEngine } from './engine.ts';
import { type Found, findCandidates, toAnswer, toCandidates } from './extract.ts';
import { type JapaneseTokenizer, loadJapaneseTokenizer } from './japanese-tokenizer.ts';
import { allowed, DEFAULT_POLICY, type Policy } from './policy.ts';
import { cutUnits } from './units.ts';

/**
 * The keyword engine that needs no server: the IPA dictionary in WebAssembly, and the counts of the catalogue.
 *
 * @throws FitMismatch when the fit was made with another catalogue
 */
export async function createEmbeddedEngine(options: {
  catalogue: Catalogue;
  fit: Fit;
  /** @default {@link DEFAULT_POLICY} */
  policy?: Policy;
  /** What authors kept on earlier articles. @default none */
  history?: HistoryStore | undefined;
}): Promise<KeywordEngine> {
  const { catalogue, fit, policy = DEFAULT_POLICY, history } = options;
  assertFits(fit, { catalogue: catalogue.version });
  const japanese = await loadJapaneseTokenizer();
  return {
    async extract(article) {
      const found = findInArticle(article, { catalogue, japanese });
      const author = history && (await recallAuthor(history, article, relatedQueryOf(found, catalogue)));
      const candidates = toCandidates(
        allowed(withHistory(found, author), policy, article.tags),
        fit,
        article,
        author,
      );
      if (history) await storeArticle(history, article, keysOf(found));
      return toAnswer(article, catalogue.version, candidates, author);
    },
  };
}

/** Everything in an article that could be suggested, measured with the catalogue's own counts. */
export function findInArticle(
  article: Pick<AcceptedArticle, 'title' | 'body' | 'format'>,
  { catalogue, japanese }: { catalogue: Catalogue; japanese: JapaneseTokenizer },
): Found[] {
  const text = readArticleText(article);
  const blocks = text.blocks.map((block) => ({ ...block, units: cutUnits(block.text, japanese) }));
  return findCandidates({ text, blocks, catalogue, corpus: catalogue });
}

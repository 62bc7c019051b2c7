import type { Model2Vec } from '../functions/embedding/model2vec.ts';

/** Texts of one length. */
export interface BenchTexts {
  readonly tokens: number;
  readonly texts: readonly string[];
}

/**
 * Cuts an article into texts of a given number of tokens, each starting at another place, so that what one run
 * leaves in caches is not simply the next run's text. An article that is too short goes round and round.
 */
export function cutTexts(
  model: Pick<Model2Vec, 'tokenize'>,
  article: string,
  tokens: number,
  count: number,
): BenchTexts {
  const tokensARound = Math.max(1, model.tokenize(article).length);
  const endless = article.repeat(Math.ceil(tokens / tokensARound) + 2);
  const texts = Array.from({ length: count }, (_, i) =>
    shortestWith(model, endless.slice(Math.floor((i * article.length) / count)), tokens),
  );
  return { tokens, texts };
}

/** The shortest beginning of a text that has a number of tokens. */
function shortestWith(model: Pick<Model2Vec, 'tokenize'>, text: string, tokens: number): string {
  let least = 0;
  let most = text.length;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (model.tokenize(text.slice(0, middle)).length < tokens) least = middle + 1;
    else most = middle;
  }
  return text.slice(0, least).toWellFormed();
}

import type { ArticleEmbedding, ModelIdentity, TextsEmbedding } from '../contracts/signals.ts';
import { encodeVector } from '../contracts/vector.ts';
import type { ArticleText, Block } from '../shared/article-text.ts';
import type { Model2Vec } from './model2vec.ts';

/** Embeds an article's parts: title, headings, lead, and the whole text with the title before it. */
export function embedArticle(model: Model2Vec, { title, blocks }: ArticleText): ArticleEmbedding {
  const textOf = (where: Block['where']) => joined(blocks.filter((block) => block.where === where));
  return {
    model: identityOf(model),
    vectors: {
      title: embed(model, title),
      headings: embed(model, textOf('heading')),
      lead: embed(model, textOf('lead')),
      whole: embed(model, joined(blocks)),
    },
  };
}

/** Embeds texts; one vector each, in order. */
export function embedTexts(model: Model2Vec, texts: readonly string[]): TextsEmbedding {
  return { model: identityOf(model), vectors: texts.map((text) => embed(model, text)) };
}

/** base64 of int8; null where the text has no token that the model knows. */
function embed(model: Model2Vec, text: string): string | null {
  const vector = model.embed(text);
  return vector.some((component) => component !== 0) ? encodeVector(vector) : null;
}

function joined(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join('\n');
}

function identityOf({ metadata }: Model2Vec): ModelIdentity {
  const { name, version, files } = metadata;
  return { name, version, sha256: files['model2vec.bin'].sha256 };
}

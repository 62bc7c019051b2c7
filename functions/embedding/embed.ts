import type { ArticleEmbedding, ModelIdentity, Term, TermsEmbedding } from '../contracts/signals.ts';
import { encodeVector } from '../contracts/vector.ts';
import type { ArticleText, Block } from '../shared/article-text.ts';
import { sentencesOf } from '../shared/sentences.ts';
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

/** Tokens of the title that are held against a label together. */
const LONGEST_RUN = 5;

/** The sentences of a longer article than this speak for all. */
const MAX_SENTENCES = 2000;

/**
 * Embeds terms of an article: each label, the mean of the sentences that mention the term, and how near the label comes
 * to anything in the title; and the titles of similar articles.
 */
export function embedTerms(
  model: Model2Vec,
  { terms, titles }: { terms: readonly Term[]; titles: readonly string[] },
  text: ArticleText,
): TermsEmbedding {
  const runs = model.embedRuns(text.title, LONGEST_RUN);
  const sentences = sentencesOf(text)
    .slice(0, MAX_SENTENCES)
    .map((sentence) => ({ sentence, vector: model.embed(sentence) }));
  return {
    model: identityOf(model),
    vectors: terms.map(({ label, spellings }) => {
      const mentions = sentences.filter(({ sentence }) =>
        spellings.some((spelling) => names(sentence, spelling)),
      );
      const vector = model.embed(label);
      return {
        label: encode(vector),
        inTitle: nearest(vector, runs),
        context: encode(
          meanOf(
            mentions.map(({ vector }) => vector),
            model.dimension,
          ),
        ),
      };
    }),
    titles: titles.map((title) => embed(model, title)),
  };
}

/** The largest cosine of a unit vector with any of some others; 0 where there are none. */
function nearest(vector: Float32Array, others: readonly Float32Array[]): number {
  let most = others.length === 0 ? 0 : -1;
  for (const other of others) {
    let cosine = 0;
    for (let i = 0; i < vector.length; i += 1) cosine += vector[i]! * other[i]!;
    if (cosine > most) most = cosine;
  }
  return Math.round(Math.min(1, most) * 1e4) / 1e4;
}

/** Whether a spelling stands in a sentence as a word of its own: Rust in "RustとGo", not in "Trust". */
function names(sentence: string, spelling: string): boolean {
  for (let at = sentence.indexOf(spelling); at >= 0; at = sentence.indexOf(spelling, at + 1)) {
    if (!isInsideWord(sentence, at) && !isInsideWord(sentence, at + spelling.length)) return true;
  }
  return false;
}

function isInsideWord(text: string, at: number): boolean {
  return at > 0 && /^[\p{Script=Latin}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
}

function meanOf(vectors: readonly Float32Array[], dimension: number): Float32Array {
  const mean = new Float32Array(dimension);
  for (const vector of vectors) {
    for (let i = 0; i < dimension; i += 1) mean[i]! += vector[i]! / vectors.length;
  }
  return mean;
}

/** base64 of int8; null where the text has no token that the model knows. */
function embed(model: Model2Vec, text: string): string | null {
  return encode(model.embed(text));
}

function encode(vector: Float32Array): string | null {
  return vector.some((component) => component !== 0) ? encodeVector(vector) : null;
}

function joined(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join('\n');
}

function identityOf({ metadata }: Model2Vec): ModelIdentity {
  const { name, version, files } = metadata;
  return { name, version, sha256: files['model2vec.bin'].sha256 };
}

import { expect, it } from 'vitest';
import { decodeVector } from '../../functions/contracts/vector.ts';
import { embedArticle, embedTerms } from '../../functions/embedding/embed.ts';
import type { Model2Vec } from '../../functions/embedding/model2vec.ts';
import { readArticleText } from '../../functions/shared/article-text.ts';

/** A model of three words, each a dimension of its own. */
const WORDS = ['Rust', 'Go', 'Trust'];
const model: Model2Vec = {
  dimension: 3,
  metadata: { name: 'm', version: '1', files: { 'model2vec.bin': { sha256: 'a'.repeat(64) } } },
  embed: (text: string) =>
    Float32Array.from(WORDS, (word) => (new RegExp(`\\b${word}\\b`).test(text) ? 1 : 0)),
  embedRuns: (text: string) => text.split(' ').map((word) => model.embed(word)),
} as unknown as Model2Vec;

const text = readArticleText({
  title: 'Rust',
  body: 'Goを学ぶ。Rustは好き。\n\nTrustの話。',
  format: 'markdown',
});
const directionOf = (vector: string | null) =>
  vector && [...decodeVector(vector)].map((x) => Math.round(x * 10) / 10);

it('embeds the parts of an article, null where there is none', () => {
  const { vectors } = embedArticle(model, text);
  expect(directionOf(vectors.title)).toEqual([1, 0, 0]);
  expect(vectors.headings).toBeNull();
  expect(directionOf(vectors.whole)).toEqual([0.6, 0.6, 0.6]);
});

it('embeds each term and the sentences that name it as a word', () => {
  const terms = [
    { label: 'Go', spellings: ['Go'] },
    { label: 'Rust', spellings: ['Rust'] },
    { label: 'unknown', spellings: [] },
  ];
  const { vectors } = embedTerms(model, { terms, titles: [] }, text);
  expect(vectors.map(({ context }) => directionOf(context))).toEqual([[0, 1, 0], [1, 0, 0], null]);
  expect(vectors.map(({ label }) => directionOf(label))).toEqual([[0, 1, 0], [1, 0, 0], null]);
});

it('tells how near a term comes to anything in the title', () => {
  const titled = { ...text, title: 'Rust and Go' };
  const terms = ['Go', 'Trust', 'unknown'].map((label) => ({ label, spellings: [] }));
  const { vectors } = embedTerms(model, { terms, titles: [] }, titled);
  expect(vectors.map(({ inTitle }) => inTitle)).toEqual([1, 0, 0]);
});

it('embeds the titles of similar articles, in their order', () => {
  const { titles } = embedTerms(model, { terms: [], titles: ['Go', '?'] }, text);
  expect(titles.map(directionOf)).toEqual([[0, 1, 0], null]);
});

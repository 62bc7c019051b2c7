import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { KeywordsAnswer } from '../../functions/contracts/signals.ts';
import { embedArticle, embedTerms } from '../../functions/embedding/embed.ts';
import { createModel2VecLoader } from '../../functions/embedding/model-loader.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { createEmbeddedEngine } from '../../functions/keywords/embedded.ts';
import type { KeywordEngine } from '../../functions/keywords/engine.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { DEFAULT_SCORING } from '../../functions/scorer/rank.ts';
import { suggestTags } from '../../functions/scorer/suggestion.ts';
import type { AcceptedArticle } from '../../functions/shared/accept-article.ts';
import { readArticleText } from '../../functions/shared/article-text.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { readArticles } from '../../scripts/articles.ts';
import { MODEL } from '../../scripts/instruments.ts';
import { type DatedArticle, inOrder, isDated } from '../../scripts/stream.ts';
import { article, scratch, shipped } from './scratch.ts';

const { client, indexPrefix, history } = scratch();
const fit = loadFit();
const model = await createModel2VecLoader({ modelPath: MODEL }).load();
const inMemory = new MemoryHistory();
let embedded: KeywordEngine;
const opensearch = createOpenSearchEngine({ client, fit, prior: shipped, indexPrefix, timeout: 20_000 });
beforeAll(async () => {
  embedded = await createEmbeddedEngine({ catalogue: shipped, fit, history: inMemory });
});

const DEV = join(import.meta.dirname, '../../../shared/data/articles.dev.jsonl.gz');
const ARTICLES = 200;

/** The beginning of the streams of a few authors, so that their histories grow. */
async function readStream(): Promise<DatedArticle[]> {
  const all: DatedArticle[] = [];
  for await (const one of readArticles(DEV)) if (isDated(one)) all.push(one);
  const authors = [...new Set(inOrder(all).map(({ source }) => source))].slice(0, 8);
  return inOrder(all.filter(({ source }) => authors.includes(source))).slice(0, ARTICLES);
}

const best = ({ candidates }: KeywordsAnswer) => candidates.slice(0, 10).map(({ key }) => key);
const jaccard = (a: string[], b: string[]) => {
  const union = new Set([...a, ...b]).size;
  return union === 0 ? 1 : a.filter((key) => b.includes(key)).length / union;
};

/** What the workflow goes on to suggest for an engine's answer. */
async function suggestedBy(answer: KeywordsAnswer, { title, body }: AcceptedArticle): Promise<string[]> {
  const text = readArticleText({ title, body, format: 'markdown' });
  const keywords = { answer, degraded: [], embedding: embedTerms(model, answer, text) };
  const { tags } = suggestTags({ keywords, article: embedArticle(model, text) }, fit, DEFAULT_SCORING);
  return tags.map(({ key }) => key);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it.skipIf(!existsSync(DEV))(
  'both engines know the same of authors, find the same candidates and suggest the same tags',
  { timeout: 300_000 },
  async () => {
    const agreement: number[] = [];
    const similar: number[] = [];
    const suggestions = { same: 0, all: 0 };
    let known = 0;
    for (const { id, source, title, body, date, tags } of await readStream()) {
      const publishedAt = new Date(date).toISOString();
      const articleId = `${source}/${id}`;
      const one = article({ articleId, authorId: source, title, body, publishedAt });
      const [a, b] = [await embedded.extract(one), await opensearch.extract(one)];
      expect(b.history).toEqual(a.history);
      agreement.push(jaccard(best(a), best(b)));
      similar.push(jaccard(a.titles, b.titles));
      const [ofA, ofB] = [await suggestedBy(a, one), await suggestedBy(b, one)];
      suggestions.all += new Set([...ofA, ...ofB]).size;
      suggestions.same += ofA.filter((key) => ofB.includes(key)).length;
      if (a.history) known += 1;
      const kept = { articleId, authorId: source, tags, taggedAt: publishedAt };
      await Promise.all([inMemory.record(kept), history.record(kept)]);
      await client.indices.refresh({ index: `${indexPrefix}-*` });
    }
    expect(known).toBeGreaterThan(ARTICLES / 2);
    // They cut a few words differently.
    expect(mean(agreement)).toBeGreaterThanOrEqual(0.98);
    expect(mean(similar)).toBeGreaterThanOrEqual(0.98);
    expect(suggestions.same / suggestions.all).toBeGreaterThanOrEqual(0.98);
  },
);

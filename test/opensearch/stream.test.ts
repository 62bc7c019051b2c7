import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { KeywordsAnswer } from '../../functions/contracts/signals.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { createEmbeddedEngine } from '../../functions/keywords/embedded.ts';
import type { KeywordEngine } from '../../functions/keywords/engine.ts';
import { createOpenSearchEngine } from '../../functions/keywords/opensearch/engine.ts';
import { loadFit } from '../../functions/shared/fit.ts';
import { readArticles } from '../../scripts/articles.ts';
import { type DatedArticle, inOrder, isDated } from '../../scripts/stream.ts';
import { article, scratch, shipped } from './scratch.ts';

const { client, indexPrefix, history } = scratch();
const fit = loadFit();
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

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it.skipIf(!existsSync(DEV))(
  'both engines know the same of authors, and find the same candidates',
  { timeout: 300_000 },
  async () => {
    const agreement: number[] = [];
    const similar: number[] = [];
    let known = 0;
    for (const { id, source, title, body, date, tags } of await readStream()) {
      const publishedAt = new Date(date).toISOString();
      const articleId = `${source}/${id}`;
      const one = article({ articleId, authorId: source, title, body, publishedAt });
      const [a, b] = [await embedded.extract(one), await opensearch.extract(one)];
      expect(b.history).toEqual(a.history);
      agreement.push(jaccard(best(a), best(b)));
      similar.push(jaccard(a.titles, b.titles));
      if (a.history) known += 1;
      const kept = { articleId, authorId: source, tags, taggedAt: publishedAt };
      await Promise.all([inMemory.record(kept), history.record(kept)]);
      await client.indices.refresh({ index: `${indexPrefix}-*` });
    }
    expect(known).toBeGreaterThan(ARTICLES / 2);
    // They cut a few words differently.
    expect(mean(agreement)).toBeGreaterThanOrEqual(0.98);
    expect(mean(similar)).toBeGreaterThanOrEqual(0.98);
  },
);

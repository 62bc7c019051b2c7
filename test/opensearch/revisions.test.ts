import fc from 'fast-check';
import { expect, it } from 'vitest';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import { scratch } from './scratch.ts';

const { client, indexPrefix, history } = scratch();

it('the index ends with the newest revision, in whatever order and however often they arrive', async () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(arrivals, fc.boolean(), async (revisions, atOnce) => {
      const articleId = crypto.randomUUID();
      const arrive = (revision: number) =>
        history.remember({
          articleId,
          revision,
          authorId: 'hanako',
          title: `第${revision}版`,
          keys: [],
          publishedAt: '2026-04-01T00:00:00Z',
        });
      if (atOnce) await Promise.all(revisions.map(arrive));
      else for (const revision of revisions) await arrive(revision);
      const { body } = await client.get({ index: articlesAlias(indexPrefix), id: articleId });
      const newest = Math.max(...revisions);
      expect(body).toMatchObject({ _version: newest, _source: { title: `第${newest}版` } });
    }),
    { numRuns: 40 },
  );
});

import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../functions/keywords/catalogue.ts';
import { readCatalogueHeader } from '../../functions/keywords/opensearch/catalogue-store.ts';
import {
  ARTICLES,
  articlesAlias,
  definitionVersion,
  FORGOTTEN,
  forgottenAlias,
  HISTORY,
  historyAlias,
  indicesBehind,
  tagsAlias,
} from '../../functions/keywords/opensearch/indices.ts';
import { setupSearch } from '../../functions/keywords/opensearch/setup.ts';
import { article, scratch, shipped } from './scratch.ts';

describe('setting up', () => {
  const { client, indexPrefix, history, find } = scratch({ setUp: false });
  const alias = articlesAlias(indexPrefix);
  const current = `${alias}-${definitionVersion(ARTICLES)}`;
  const setup = async (catalogue = shipped) => {
    const steps: string[] = [];
    await setupSearch(client, { indexPrefix, shipped: catalogue, onStep: (step) => steps.push(step) });
    return steps;
  };
  const remember = (articleId: string, revision: number) =>
    history.remember({
      articleId,
      revision,
      authorId: 'hanako',
      title: '題名',
      keys: ['機械学習'],
      publishedAt: '2026-04-01T00:00:00Z',
    });
  const version = async (id: string) => (await client.get({ index: alias, id })).body._version;

  it('creates what is missing, and then finds it up to date', async () => {
    await setup();
    expect(await indicesBehind(client, alias)).toEqual([current]);
    await remember('kept', 4);
    expect(await setup()).toEqual([
      ...['articles', 'history', 'forgotten'].map((which) => `${indexPrefix}-${which}: up to date`),
      `${tagsAlias(indexPrefix)}: up to date, catalogue ${shipped.version}`,
    ]);
    expect(await version('kept')).toBe(4);
  });

  it('keeps one primary shard, on which counts are exact', async () => {
    const { body } = await client.indices.getSettings({ index: `${indexPrefix}-*` });
    const shards = Object.values(body).map((one) => one.settings?.index?.number_of_shards);
    expect(shards).toEqual(['1', '1', '1', '1']);
  });

  it('moves articles with their revisions to a new definition, without what it no longer keeps', async () => {
    const old = `${alias}-00000000`;
    const { properties } = ARTICLES.mappings;
    const mappings = { properties: { ...properties, body: { type: 'text' } } };
    await client.indices.create({ index: old, body: { ...ARTICLES, mappings } as object });
    const put = (id: string, revision: number) =>
      client.index({
        index: old,
        id,
        version: revision,
        version_type: 'external',
        refresh: true,
        body: { title: '引っ越す記事', body: ['機械学習'] },
      });
    await put('moved', 7);
    await put('kept', 3);
    await client.indices.delete({ index: current });
    await client.indices.updateAliases({ body: { actions: [{ add: { index: old, alias } }] } });

    await setup();

    expect(await indicesBehind(client, alias)).toEqual([current]);
    expect(await client.indices.exists({ index: old })).toMatchObject({ body: false });
    expect([await version('moved'), await version('kept')]).toEqual([7, 3]);
    const { body } = await client.get({ index: alias, id: 'moved' });
    expect(body._source).toEqual({ title: '引っ越す記事' });
    expect(await remember('moved', 7)).toBe('newer kept');
  });

  it('moves what authors kept, and what is forgotten, with their versions', async () => {
    const kept = {
      articleId: 'moved',
      authorId: 'hanako',
      tags: ['AWS'],
      taggedAt: '2026-04-02T00:00:00Z',
    };
    await history.record(kept);
    await history.forget({ authorId: 'taro' }, new Date('2026-04-03T00:00:00Z'));
    for (const [name, definition] of [
      [historyAlias(indexPrefix), HISTORY],
      [forgottenAlias(indexPrefix), FORGOTTEN],
    ] as const) {
      const [serving = ''] = await indicesBehind(client, name);
      const old = `${name}-22222222`;
      await client.indices.create({ index: old, body: { ...definition } });
      const dest = { index: old, version_type: 'external' } as const;
      await client.reindex({ refresh: true, body: { source: { index: serving }, dest } });
      await client.indices.delete({ index: serving });
      await client.indices.updateAliases({ body: { actions: [{ add: { index: old, alias: name } }] } });
    }
    await setup();
    expect(await history.keptBy('hanako', 'new')).toMatchObject({ articles: 1, recent: [['AWS']] });
    expect(await history.record({ ...kept, tags: [] })).not.toBe('forgotten');
    expect(await history.record({ ...kept, taggedAt: '2026-04-01T00:00:00Z' })).toBe('newer kept');
    expect(await history.record({ ...kept, articleId: 'b', authorId: 'taro' })).toBe('forgotten');
  });

  it('goes on where an upgrade was cut off after the switch, and keeps the newer revision', async () => {
    const old = `${alias}-11111111`;
    await client.indices.create({ index: old, body: { ...ARTICLES } });
    for (const [id, revision] of [
      ['late', 2],
      ['kept', 1],
    ] as const) {
      const body = { title: '遅れてきた記事' };
      await client.index({
        index: old,
        id,
        version: revision,
        version_type: 'external',
        refresh: true,
        body,
      });
    }
    await setup();
    expect(await client.indices.exists({ index: old })).toMatchObject({ body: false });
    expect([await version('late'), await version('kept')]).toEqual([2, 3]);
  });

  it('leaves alone what only begins with its names', async () => {
    const others = [`${alias}-of-another-tags-00000000-0-00000000`, `${tagsAlias(indexPrefix)}-copy`];
    for (const other of others) await client.indices.create({ index: other, body: {} });
    await setup();
    for (const other of others) {
      expect(await client.indices.exists({ index: other })).toMatchObject({ body: true });
    }
  });

  it('clears away what an import left behind long ago, not one under way', async () => {
    const name = (created: number) => `${tagsAlias(indexPrefix)}-00000000-${created.toString(36)}-00000000`;
    const hours = (count: number) => name(Date.now() - count * 60 * 60 * 1000);
    const [old, recent] = [hours(25), hours(1)];
    for (const left of [old, recent]) await client.indices.create({ index: left, body: {} });
    await setup();
    expect(await client.indices.exists({ index: old })).toMatchObject({ body: false });
    expect(await client.indices.exists({ index: recent })).toMatchObject({ body: true });
  });

  it('renews the catalogue that ships', async () => {
    const { tags } = shipped;
    const newer = new Catalogue({
      version: 'ja-2',
      tags: tags.slice(0, 10),
      documents: 0,
      documentFrequency: new Map(),
    });
    await setup(newer);
    expect(await readCatalogueHeader(client, indexPrefix)).toEqual({
      version: 'ja-2',
      origin: 'shipped',
      tags: 10,
    });
    expect(await indicesBehind(client, tagsAlias(indexPrefix))).toHaveLength(1);
  });

  it('says that the index is missing where nothing was set up', async () => {
    await client.indices.delete({ index: (await indicesBehind(client, alias))[0]! });
    await expect(find(article())).rejects.toMatchObject({ name: 'KeywordsIndexMissing' });
    await expect(remember('a', 1)).rejects.toMatchObject({ name: 'KeywordsIndexMissing' });
    expect(await indicesBehind(client, alias)).toEqual([]);
  });
});

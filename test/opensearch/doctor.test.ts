import { describe, expect, inject, it } from 'vitest';
import { replaceCatalogue, toStoredTags } from '../../functions/keywords/opensearch/catalogue-store.ts';
import { articlesAlias } from '../../functions/keywords/opensearch/indices.ts';
import { checkSearch } from '../../scripts/operate/doctor/search.ts';
import { scratch, shipped } from './scratch.ts';

const { client, indexPrefix } = scratch();
const options = { opensearch: inject('opensearchUrl'), indexPrefix };

const wrong = async (more: object = {}) => {
  const { findings } = await checkSearch({}, { ...options, ...more }, shipped);
  return findings.flatMap((found) => found.wrong ?? []);
};

describe('npm run doctor, of OpenSearch', () => {
  it('finds indices and catalogue that search:setup has made in order', async () => {
    const { findings, catalogue } = await checkSearch({}, options, shipped);
    expect(findings.filter((found) => found.wrong)).toEqual([]);
    expect(catalogue).toBe(shipped.version);
  });

  it('misses indices that were never set up', async () => {
    const problems = await wrong({ indexPrefix: 'never-set-up' });
    expect(problems).toHaveLength(5);
    expect(problems[0]).toContain('KeywordsIndexMissing: npm run search:setup');
  });

  it('tells that a full disk keeps articles out of histories', async () => {
    const index = articlesAlias(indexPrefix);
    const block = (value: boolean | null) =>
      client.indices.putSettings({ index, body: { 'index.blocks.read_only_allow_delete': value } });
    await block(true);
    expect(await wrong()).toEqual([expect.stringContaining('mostly a full disk')]);
    await block(null);
    expect(await wrong()).toEqual([]);
  });

  it('leaves an imported catalogue to its editors, and wants the shipped one renewed', async () => {
    const tags = [...toStoredTags(shipped)].slice(0, 5);
    await replaceCatalogue(client, { indexPrefix, catalogue: { base: shipped.version }, tags });
    expect(await wrong()).toEqual([]);
    const old = { version: 'ja-0', origin: 'shipped' } as const;
    await replaceCatalogue(client, { indexPrefix, catalogue: old, tags });
    expect(await wrong()).toEqual([expect.stringContaining(`this checkout ships ${shipped.version}`)]);
  });

  it('says that nobody answers', async () => {
    expect(await wrong({ opensearch: 'http://127.0.0.1:9' })).toEqual([
      expect.stringMatching(/could not be reached.*look up KeywordsUnavailable in infra\/RUNBOOK\.md/),
    ]);
  });
});

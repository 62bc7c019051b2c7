import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  readCatalogueHeader,
  readTags,
  replaceCatalogue,
} from '../../functions/keywords/opensearch/catalogue-store.ts';
import { indicesBehind, tagsAlias } from '../../functions/keywords/opensearch/indices.ts';
import { type StoredTag, storedTag } from '../../functions/keywords/opensearch/percolation.ts';
import { tagKey } from '../../functions/keywords/tag-key.ts';
import { article, scratch } from './scratch.ts';

const { client, indexPrefix, find, history, dump } = scratch();
const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));

const root = join(import.meta.dirname, '../..');
/** Runs the command as a person does, in 64 MB of heap whatever the catalogue's size. */
function catalogue(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=64', 'scripts/catalogue.ts', ...words],
    {
      cwd: root,
      env: { ...process.env, OPENSEARCH_URL: inject('opensearchUrl'), OPENSEARCH_INDEX_PREFIX: indexPrefix },
      encoding: 'utf8',
    },
  );
  return { status, output: stdout + stderr };
}
const write = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const tag = (label: string, change: Partial<StoredTag> = {}): StoredTag =>
  storedTag.parse({ key: tagKey(label), label, ...change });
const serve = (...tags: StoredTag[]) =>
  replaceCatalogue(client, { indexPrefix, catalogue: { base: 'ja-1' }, tags });
const served = async () => {
  const tags: StoredTag[] = [];
  for await (const one of readTags(client, indexPrefix)) tags.push(one);
  return tags;
};

describe('npm run catalogue', () => {
  beforeEach(() => serve(tag('TypeScript', { aliases: ['ts'], articles: 3 }), tag('ポエム')));

  it.each([
    ['tsv', 'label\taliases\tarticles\nNext.js\tnext|ネクスト\t12\n"引用"\t\t\n'],
    ['csv', 'label,aliases,articles\r\nNext.js,next|ネクスト,12\r\n"""引用""",,\r\n'],
    [
      'jsonl',
      '{"label":"Next.js","aliases":["next","ネクスト"],"articles":12}\n\n{"label":"\\"引用\\"","articles":0}\n',
    ],
  ])('imports %s, and exports what it can import again', async (format, content) => {
    const imported = catalogue('import', write(`in.${format}`, content));
    expect(imported).toMatchObject({
      status: 0,
      output: expect.stringMatching(/ja-1\+[0-9a-f]{12} with 2 tags/),
    });
    const tags = await served();
    expect(tags).toEqual([tag('"引用"'), tag('Next.js', { aliases: ['next', 'ネクスト'], articles: 12 })]);

    const version = (await readCatalogueHeader(client, indexPrefix))!.version;
    const file = join(folder, `out.${format}`);
    expect(catalogue('export', file)).toMatchObject({ status: 0 });
    await serve();
    expect(catalogue('import', file).status).toBe(0);
    expect(await served()).toEqual(tags);
    expect((await readCatalogueHeader(client, indexPrefix))!.version).toBe(version);
  });

  it('refuses a file with a bad line and leaves the old catalogue serving', async () => {
    const before = await readCatalogueHeader(client, indexPrefix);
    const { status, output } = catalogue(
      'import',
      write('bad.tsv', 'label\tarticles\nNext.js\t1\nRust\tmany\n'),
    );
    expect(output).toContain('bad.tsv:3: articles: must be a whole number');
    expect(status).toBe(2);
    expect(await readCatalogueHeader(client, indexPrefix)).toEqual(before);
    expect((await served()).map(({ label }) => label)).toEqual(['TypeScript', 'ポエム']);
  });

  it('adds a tag with its spellings, found by each of them', async () => {
    expect(catalogue('add', '量子将棋', '--alias', 'Quantum Shogi', 'QS').status).toBe(0);
    expect(await served()).toContainEqual(tag('量子将棋', { aliases: ['Quantum Shogi', 'QS'] }));
    const { found } = await find(article({ body: 'quantum-shogi の話' }));
    expect(found.find(({ key }) => key === '量子将棋')).toMatchObject({ label: '量子将棋', known: true });
    // Once more, for a tag that is there.
    expect(catalogue('add', 'Type Script', '--alias', 'タイプスクリプト').status).toBe(0);
    expect(await served()).toContainEqual(
      tag('TypeScript', { aliases: ['ts', 'タイプスクリプト'], articles: 3 }),
    );
  });

  it('blocks a tag, and a phrase that is no tag, by any spelling', async () => {
    expect([catalogue('block', 'ポエム').status, catalogue('block', '量子将棋').status]).toEqual([0, 0]);
    const one = article({ title: '量子将棋のポエム、TypeScript', body: '量子・将棋とTSのポエム' });
    const keys = (await find(one)).found.map(({ key }) => key);
    expect(keys).toContain('typescript');
    expect(keys).not.toContain('ポエム');
    expect(keys).not.toContain('量子将棋');
    expect(catalogue('add', 'ポエム').status).toBe(0);
    expect((await find(one)).found.map(({ key }) => key)).toContain('ポエム');
  });

  it('forgets an author when told so twice, and says what it does not reach', async () => {
    const kept = {
      articleId: 'secret-article',
      authorId: 'secret-author',
      tags: ['AWS'],
      taggedAt: '2026-04-01T00:00:00Z',
    };
    await history.record(kept);
    expect(catalogue('forget', '--author', 'secret-author')).toMatchObject({
      status: 2,
      output: expect.stringContaining('author secret-author has 1 documents; say --yes'),
    });
    expect((await history.keptBy('secret-author', 'another')).articles).toBe(1);
    const { status, output } = catalogue('forget', '--author', 'secret-author', '--yes');
    expect(output).toMatch(/author secret-author: 1 documents deleted; events from before \S+ stay away/);
    expect(output).toMatch(/archive of the bus +30 days/);
    expect(status).toBe(0);
    expect(JSON.stringify(await dump())).not.toContain('secret');
    expect(await history.record(kept)).toBe('forgotten');
    expect(catalogue('forget', '--article', 'secret-article', '--yes').status).toBe(0);
  });

  it.each([
    ['neither', [], 'say whom or what to forget: --author ID or --article ID'],
    ['both', ['--author', 'a', '--article', 'b'], 'only one of --author and --article may be given'],
  ])('forgets nothing when told %s of author and article', (_, words, message) => {
    const { status, output } = catalogue('forget', '--yes', ...words);
    expect([status, output]).toEqual([2, expect.stringContaining(message)]);
  });

  it('counts anew, and exports what was added so that it can be told apart', async () => {
    for (const authorId of ['a', 'b']) {
      const articleId = `by-${authorId}`;
      const time = '2026-04-01T00:00:00Z';
      await history.record({ articleId, authorId, tags: ['ts'], taggedAt: time });
      await history.remember({
        articleId,
        revision: 0,
        authorId,
        title: '題名',
        keys: ['typescript'],
        publishedAt: time,
      });
    }
    expect(catalogue('recount')).toMatchObject({
      status: 0,
      output: expect.stringMatching(
        /2 articles of 2 authors count, 0 tags are new\n.*ja-1\+[0-9a-f]{12} with 2/,
      ),
    });
    const counted = { authors: 2, articles: 2, mentions: 2, taggedWhenMentioned: 2 };
    const typescript = tag('TypeScript', { aliases: ['ts'], ...counted, articles: 3 + 2, counted });
    expect(await served()).toContainEqual(typescript);
    const header = await readCatalogueHeader(client, indexPrefix);
    for (const format of ['tsv', 'jsonl']) {
      const file = join(folder, `counted.${format}`);
      expect(catalogue('export', file).status).toBe(0);
      await serve();
      expect(catalogue('import', file).status).toBe(0);
      expect((await readCatalogueHeader(client, indexPrefix))!.version).toBe(header!.version);
    }
    for (const authorId of ['a', 'b']) await history.forget({ authorId });
    expect(catalogue('recount').status).toBe(0);
    expect(await served()).toContainEqual(tag('TypeScript', { aliases: ['ts'], articles: 3 }));
  });

  it('says in one line that OpenSearch is not there', () => {
    const { status, output } = catalogue(
      'export',
      join(folder, 'x.tsv'),
      '--opensearch',
      'http://127.0.0.1:1',
    );
    expect(status).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });
});

describe('a catalogue', () => {
  it('has a version of its content alone', async () => {
    const [a, b] = [tag('A1'), tag('B2')];
    const { version } = await serve(a, b);
    expect((await serve(b, a)).version).toBe(version);
    expect((await serve(a)).version).not.toBe(version);
    expect((await find(article({ title: 'A1' }))).version).toMatch(/^ja-1\+/);
  });

  it('that breaks off on the way leaves the old one serving and nothing behind', async () => {
    await serve(tag('A1'));
    const serving = await indicesBehind(client, tagsAlias(indexPrefix));
    async function* broken() {
      for (let n = 0; n < 2500; n += 1) yield tag(`tag ${n}`);
      throw new Error('the disk was pulled');
    }
    const writing = replaceCatalogue(client, { indexPrefix, catalogue: { base: 'ja-1' }, tags: broken() });
    await expect(writing).rejects.toThrow('the disk was pulled');
    const { body } = await client.indices.get({ index: `${tagsAlias(indexPrefix)}-*` });
    expect(Object.keys(body)).toEqual(serving);
    expect(await served()).toEqual([tag('A1')]);
  });

  it('of 50,000 tags is imported in bounded memory and percolated in time', {
    timeout: 180_000,
  }, async () => {
    const total = 50_000;
    const lines = Array.from(
      { length: total },
      (_, n) => `タグ${n.toString(36)}番\t別名${n}|alias ${n}\t${n % 97}`,
    );
    const file = write('big.tsv', `label\taliases\tarticles\n${lines.join('\n')}\n`);
    const { status, output } = catalogue('import', file);
    expect(output).toContain('with 50000 tags');
    expect(status).toBe(0);
    const body = readFileSync(join(root, 'test/articles/step-functions-retry.md'), 'utf8');
    const one = article({
      body: `${body.repeat(3).slice(0, 4900)} 別名4711、alias-42、タグ${(777).toString(36)}番`,
    });
    const times: number[] = [];
    for (let run = 0; run < 30; run += 1) {
      const started = performance.now();
      const keys = (await find(one)).found.map(({ key }) => key);
      times.push(performance.now() - started);
      expect(keys).toEqual(expect.arrayContaining([4711, 42, 777].map((n) => `タグ${n.toString(36)}番`)));
    }
    times.sort((a, b) => a - b);
    expect(times[15]).toBeLessThan(1000);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, readPaths, type TaggedArticle } from '../../scripts/articles.ts';
import { isDated, timeOf } from '../../scripts/stream.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'articles-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function read(
  paths: string[],
  lang?: string,
): Promise<{ articles: TaggedArticle[]; skipped: string[] }> {
  const articles: TaggedArticle[] = [];
  const skipped: string[] = [];
  for await (const one of readPaths(paths, { lang, onSkipped: (what) => skipped.push(what) }))
    articles.push(one);
  return { articles, skipped };
}

const row = (change: object = {}) =>
  JSON.stringify({ id: 'a', title: '題', body: '本文', tags: ['aws'], source: 's', ...change });

describe('JSON Lines', () => {
  it('reads rows, gzip too, with defaults for what may be absent', async () => {
    const text = `\uFEFF${row({ source: undefined })}\r\n\n${row({ id: 'b', lang: 'en', date: '2026-01-01' })}`;
    const plain = await read([file('rows.jsonl', text)]);
    const zipped = await read([file('rows.jsonl.gz', gzipSync(text))]);
    expect(plain).toEqual(zipped);
    expect(plain.skipped).toEqual([]);
    expect(plain.articles).toEqual([
      { id: 'a', title: '題', body: '本文', tags: ['aws'], source: 'unknown', lang: 'ja' },
      { id: 'b', title: '題', body: '本文', tags: ['aws'], source: 's', lang: 'en', date: '2026-01-01' },
    ]);
  });

  it.each([
    ['{"id": "a"', /not JSON/],
    ['[]', /expected object/],
    [row({ tags: [] }), /tags: /],
    [row({ tags: ['-'] }), /tags\.0: must not be empty/],
    [row({ tags: 'aws' }), /tags: /],
    [row({ body: undefined }), /body: /],
    [row({ title: '' }), /title: /],
    [row({ title: '長'.repeat(501) }), /title: /],
    [row({ body: 'x'.repeat(1024 * 1024 + 1) }), /body: must be at most 1048576 bytes/],
  ])('skips %.60s and says where', async (bad, why) => {
    const path = file('bad.jsonl', `${row()}\n\n${bad}\n${row({ id: 'c' })}\n`);
    const { articles, skipped } = await read([path]);
    expect(articles.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toContain(`${path}:3: skipped: `);
    expect(skipped[0]).toMatch(why);
  });

  it.each([
    ['no good row', () => file('none.jsonl', '{}\nx\n'), undefined, /no good row in .*none\.jsonl/],
    ['an empty file', () => file('empty.jsonl', ''), undefined, /no good row/],
    ['no row of the language', () => file('ja.jsonl', row()), 'en', /is in en; 1 are not/],
    ['no such path', () => join(folder, 'absent'), undefined, /absent: no such file or folder/],
    [
      'a broken archive',
      () => file('broken.gz', gzipSync(row()).subarray(0, 30)),
      undefined,
      /broken\.gz:\d+: cannot be read/,
    ],
    ['no archive at all', () => file('text.gz', row()), undefined, /text\.gz:1: cannot be read/],
  ])('fails for %s', async (_, path, lang, message) => {
    await expect(read([path()], lang)).rejects.toThrow(message);
  });
});

describe('a folder of Markdown', () => {
  it.each([
    [
      'Zenn',
      '---\ntitle: "題"\nemoji: 🐢\ntopics: ["AWS", "lambda"]\npublished: true\n---\nこの本文',
      ['AWS', 'lambda'],
    ],
    ['Qiita', "---\ntitle: 題\ntags:\n  - AWS\n  - 'C++'\nprivate: false\n---\nこの本文", ['AWS', 'C++']],
    [
      'Qiita, with versions',
      '---\ntitle: 題\ntags:\n  - name: AWS\n    versions: []\n---\nこの本文',
      ['AWS'],
    ],
    ['Hugo', '+++\ntitle = "題"\ntags = ["AWS", "go"]\n+++\nこの本文', ['AWS', 'go']],
    ['Zola', '+++\ntitle = "題"\n[taxonomies]\ntags = ["AWS"]\n+++\nこの本文', ['AWS']],
    ['Jekyll', '---\ntitle: 題\ntags: AWS lambda\n---\nこの本文', ['AWS', 'lambda']],
    [
      'Jekyll, with commas',
      '---\ntitle: 題\ntags: AWS, machine learning\n---\nこの本文',
      ['AWS', 'machine learning'],
    ],
    ['Astro', '---\r\ntitle: 題\r\npubDate: 2026-01-01\r\ntags: [AWS]\r\n---\r\nこの本文', ['AWS']],
    ['a heading for title', '---\ntags: [AWS]\n---\n# 題 #\nこの本文', ['AWS']],
  ])('%s', async (name, content, tags) => {
    const blog = `${name}/my-blog`;
    file(`${blog}/posts/first.md`, content);
    const { articles, skipped } = await read([join(folder, blog)]);
    expect(skipped).toEqual([]);
    expect(articles).toHaveLength(1);
    expect(articles[0]).toMatchObject({
      id: 'posts/first',
      title: '題',
      tags,
      source: 'my-blog',
      lang: 'ja',
    });
    expect(articles[0]!.body).toContain('この本文');
    expect(articles[0]!.body).not.toContain('AWS');
  });

  it('takes author, language and date from the front matter', async () => {
    file('meta/a.md', '---\ntitle: T\nauthor: hana\nlang: ja-JP\ndate: 2026-01-02\ntags: [x]\n---\ntext');
    file('meta/b.mdx', '---\ntitle: T\ntags: [x]\n---\nEnglish text');
    const { articles } = await read([join(folder, 'meta')]);
    expect(articles).toMatchObject([
      { id: 'a', source: 'hana', lang: 'ja', date: expect.stringMatching(/^2026-01-02/) },
      { id: 'b', source: 'meta', lang: 'en' },
    ]);
  });

  it.each([
    ['Zenn', 'a.md', "published_at: '2024-01-01 10:00'", '2024-01-01T10:00:00.000Z'],
    ['Qiita', 'a.md', "updated_at: '2024-01-01T10:00:00+09:00'", '2024-01-01T01:00:00.000Z'],
    [
      'Qiita, first published earlier',
      'a.md',
      "updated_at: '2024-05-05'\ncreated_at: '2024-01-01'",
      '2024-01-01T00:00:00.000Z',
    ],
    ['Astro', 'a.md', 'pubDate: 2024-01-01', '2024-01-01T00:00:00.000Z'],
    ['Hugo', 'a.md', 'publishDate: 2024-01-01T10:00:00Z', '2024-01-01T10:00:00.000Z'],
    ['Jekyll', 'a.md', 'date: 2024-01-01 10:00:00 +0900', '2024-01-01T01:00:00.000Z'],
    ["Jekyll's file names", '2024-01-01-title.md', '', '2024-01-01T00:00:00.000Z'],
    ['a draft that names a date without one', '2024-01-01-title.md', "date: ''", '2024-01-01T00:00:00.000Z'],
  ])('has the date of %s', async (name, path, line, date) => {
    file(`dates/${name}/${path}`, `---\ntitle: T\n${line}\ntags: [x]\n---\ntext`);
    const { articles } = await read([join(folder, 'dates', name)]);
    expect(new Date(timeOf(articles[0]!.date!)).toISOString()).toBe(date);
  });

  it('skips what is no article and says where and why', async () => {
    file('mixed/good.md', '---\ntitle: T\ntags: [x]\n---\ntext');
    const bad = [
      [file('mixed/1-readme.md', '# Readme\ntext'), '1: skipped: its front matter has no tags'],
      [file('mixed/2-yaml.md', '---\ntitle: T\ntags: [x\n---\ntext'), '3: skipped: '],
      [file('mixed/3-toml.md', '+++\ntitle = "T"\ntags = [x\n+++\ntext'), '3: skipped: '],
      [file('mixed/4-bytes.md', Uint8Array.of(0x2d, 0xff, 0xfe)), '1: skipped: '],
      [file('mixed/5-list.md', '---\n- a\n---\ntext'), '2: skipped: must be names and values'],
      [file('mixed/6-empty.md', '---\ntags: [x]\n---\n\n'), 'skipped: has no text'],
    ] as const;
    file('mixed/node_modules/pkg/readme.md', '---\ntitle: T\ntags: [x]\n---\ntext');
    file('mixed/.git/note.md', '---\ntitle: T\ntags: [x]\n---\ntext');
    const { articles, skipped } = await read([join(folder, 'mixed')]);
    expect(articles.map(({ id }) => id)).toEqual(['good']);
    expect(skipped).toHaveLength(bad.length);
    bad.forEach(([path, why], index) => {
      expect(skipped[index]).toContain(path);
      expect(skipped[index]).toContain(why);
    });
  });

  it('is as long as its files, for the progress bar', async () => {
    file('long/a.md', '12345');
    file('long/deep/b.md', '123');
    expect(await bytesOf([join(folder, 'long'), file('c.jsonl', '12')])).toBe(10);
  });
});

describe('the date of an article', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-01-01 10:00', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01T10:00:00.5', '2024-01-01T10:00:00.500Z'],
    ['2024-01-01T10:00:00+09', '2024-01-01T01:00:00.000Z'],
  ])('%s is read, as UTC where no zone is said', (date, iso) => {
    expect(new Date(timeOf(date)).toISOString()).toBe(iso);
  });

  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024',
    '1',
    'May 2024',
    '2024-01-01 25:00',
    '2024-1-1',
  ])('%s is none', (date) => {
    const article = { id: 'a', title: 'T', body: 'text', tags: ['x'], source: 's', lang: 'ja', date };
    expect(isDated(article)).toBe(false);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { articlePublishedSample } from '../../../functions/contracts/article-published.ts';
import { readArticleFile } from '../../../infra/local/article-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'articles-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const read = async (name: string, content: string) => {
  const { detail } = await readArticleFile(write(name, content));
  return (detail as typeof articlePublishedSample).data;
};

describe('reading an article file', () => {
  it.each([
    [
      'Zenn front matter',
      'a.md',
      '---\ntitle: "題"\ntopics: ["aws", "cdk"]\n---\n本文',
      ['題', '本文', ['aws', 'cdk']],
    ],
    ['Hugo front matter', 'a.md', '+++\ntitle = "題"\ntags = ["aws"]\n+++\n本文', ['題', '本文', ['aws']]],
    [
      'Jekyll front matter',
      'a.markdown',
      '---\ntitle: 題\ntags: aws cdk\n---\n本文',
      ['題', '本文', ['aws', 'cdk']],
    ],
    [
      'Windows line ends and a byte order mark',
      'a.md',
      '\uFEFF---\r\ntitle: 題\r\n---\r\n本文',
      ['題', '本文', []],
    ],
    ['the first heading as title', 'a.md', '# 題\n\n本文', ['題', '# 題\n\n本文', []]],
    [
      'a rule that is no front matter',
      'a.md',
      '# 題\n\n---\n本文\n\n---\n',
      ['題', '# 題\n\n---\n本文\n\n---\n', []],
    ],
    [
      'HTML with its title',
      'a.html',
      '<title>題</title><p>本文</p>',
      ['題', '<title>題</title><p>本文</p>', []],
    ],
    ['plain text with its first line', 'a.txt', '題\n本文', ['題', '題\n本文', []]],
  ])('takes %s', async (_, name, content, [title, body, tags]) => {
    expect(await read(name, content)).toMatchObject({ articleId: 'a', title, body, tags });
  });

  it.each([
    ['blog/first.md', 'first', 'blog'],
    ['blog/2024-01-01-first.v2.html', '2024-01-01-first.v2', 'blog'],
    ['blog/first/index.md', 'first', 'blog'],
    ['blog/first/README.md', 'first', 'blog'],
  ])('names the article and author of %s after what tells them apart', async (name, articleId, authorId) => {
    expect(await read(name, '# 題')).toMatchObject({ articleId, authorId });
  });

  it('says whose article it is: as told, else as the front matter names the author, else the folder', async () => {
    const own = write('a.md', '---\nauthor: hana\n---\n# 題');
    const sent = write('detail.json', JSON.stringify(articlePublishedSample));
    const authorOf = async (path: string, author?: string) =>
      ((await readArticleFile(path, author)).detail as typeof articlePublishedSample).data.authorId;
    expect(await authorOf(own, 'taro')).toBe('taro');
    expect(await authorOf(sent, 'taro')).toBe('taro');
    expect(await authorOf(own)).toBe('hana');
    expect(await authorOf(write('b.md', '# 題'))).toBe(basename(folder));
  });

  it('takes a whole bus event as it is', async () => {
    const bus = { id: 'bus-1', source: 'cms', detail: articlePublishedSample };
    expect(await readArticleFile(write('bus.json', JSON.stringify(bus)))).toMatchObject(bus);
  });

  it("takes the event's detail alone", async () => {
    const event = await readArticleFile(write('detail.json', JSON.stringify(articlePublishedSample)));
    expect(event.detail).toEqual(articlePublishedSample);
  });

  it.each([
    ['an empty file', 'a.md', '  \n', 'must not be empty'],
    ['a binary file', 'a.md', 'a\0b', 'must be text'],
    ['a file that is not UTF-8', 'a.md', Uint8Array.of(0x93, 0xfa, 0x96, 0x7b), 'must be UTF-8'],
    ['an unknown kind of file', 'a.docx', 'text', 'must be one of .md'],
    ['broken JSON', 'a.json', '{', 'must be JSON'],
    ['broken front matter', 'a.md', '---\ntitle: [\n---\n', 'front matter cannot be read'],
    ['a file over the limit', 'a.md', 'a'.repeat(5_000_000), 'at most'],
  ])('refuses %s in one line', async (_, name, content, words) => {
    const reading = readArticleFile(write(name, content));
    await expect(reading).rejects.toMatchObject({
      name: 'InvalidArticle',
      message: expect.stringContaining(words),
    });
    await expect(reading).rejects.toMatchObject({ message: expect.not.stringContaining('\n') });
  });

  it('refuses a file that is not there', async () => {
    await expect(readArticleFile(join(folder, 'nothing.md'))).rejects.toThrow('no such file');
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryDocuments } from '../../../functions/history/memory-store.ts';
import { createLocalFunctions } from '../../../infra/local/functions.ts';
import { learnInOrder } from '../../../infra/local/learn.ts';
import { FileHistory } from '../../../infra/local/state.ts';

const MAIN = join(import.meta.dirname, '../../../infra/local/main.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const kept = { articleId: 'a', authorId: 'hanako', tags: ['AWS'], taggedAt: '2026-01-01T00:00:00Z' };

describe('the state folder', () => {
  it('is made where there is none, and remembers', async () => {
    const state = join(folder, 'deep/state');
    await FileHistory.open(state).record(kept);
    expect(await FileHistory.open(state).keptBy('hanako', '')).toMatchObject({
      articles: 1,
      spellings: [{ tag: 'AWS', articles: 1 }],
    });
    expect(readdirSync(state)).toEqual(['history.json']);
  });

  it('holds nothing of an author who was forgotten, and keeps replayed events away', async () => {
    const history = FileHistory.open(folder);
    await history.remember({
      ...kept,
      revision: 0,
      title: 'ラーメンの話',
      keys: ['ラーメン'],
      publishedAt: kept.taggedAt,
    });
    await history.record(kept);
    expect(await history.forget({ authorId: 'hanako' }, new Date('2026-02-01'))).toBe(2);
    const file = readFileSync(join(folder, 'history.json'), 'utf8');
    for (const trace of ['hanako', 'AWS', 'ラーメン']) expect(file).not.toContain(trace);
    const again = FileHistory.open(folder);
    expect(await again.record(kept)).toBe('forgotten');
    expect(await again.record({ ...kept, taggedAt: '2026-03-01T00:00:00Z' })).toBe('stored');
  });

  it('is written once for changes that belong together, also when the last of them fails', async () => {
    const history = FileHistory.open(folder);
    const file = join(folder, 'history.json');
    const changing = history.asOneChange(async () => {
      await history.record(kept);
      await history.record({ ...kept, articleId: 'b' });
      expect(existsSync(file)).toBe(false);
      throw new Error('too late');
    });
    await expect(changing).rejects.toThrow('too late');
    expect(JSON.parse(readFileSync(file, 'utf8')).kept).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{'],
    ['another JSON', '{"articles": 1}'],
  ])('is refused, and left as it is, when its file is %s', (_, content) => {
    const file = join(folder, 'history.json');
    writeFileSync(file, content);
    expect(() => FileHistory.open(folder)).toThrow(/history\.json: is no history of authors/);
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});

describe('npm start -- --learn', () => {
  const env = { ...process.env, NO_COLOR: '1' };
  const run = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env });
  const write = (name: number | string, frontMatter: string) => {
    const file = join(folder, 'blog', typeof name === 'string' ? name : `a${name}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `---\ntitle: TypeScriptの話${name}\n${frontMatter}---\nTypeScriptで書く。\n`);
  };
  const read = (state: string): HistoryDocuments =>
    JSON.parse(readFileSync(join(state, 'history.json'), 'utf8'));

  it('suggests tags for a folder in the order of dates, the better the more it has learnt', () => {
    for (let n = 1; n <= 9; n += 1) write(10 - n, `tags: [TypeScript, 週刊通信]\ndate: 2026-01-0${n}\n`);
    write(0, 'tags: [TypeScript]\n');
    const state = join(folder, 'state');
    const { status, stdout, stderr } = run(join(folder, 'blog'), '--learn', '--state', state);
    expect(status).toBe(0);
    expect(stderr).toMatch(/a0: skipped: has no date/);
    const marks = stdout.split('\n').filter((line) => /[✔✘○]/.test(line) && line.startsWith('    '));
    expect(marks).toHaveLength(9);
    expect(marks[0]).toMatch(/○ 週刊通信/);
    expect(marks.at(-1)).toMatch(/✔ 週刊通信/);
    const next = run(join(folder, 'blog', 'a0.md'), '--state', state, '--json');
    const tags = JSON.parse(next.stdout).data.tags as {
      label: string;
      evidence: { where: string; snippet: string }[];
    }[];
    const learnt = tags.find(({ label }) => label === '週刊通信')!;
    expect(learnt.evidence).toContainEqual(
      expect.objectContaining({ snippet: 'used on 9 of your 9 articles' }),
    );
  });

  it.each([
    ['the folder', []],
    ['whoever is named', ['--author', 'hana']],
  ])('and npm start -- FILE speak of the same articles, by %s', (_, author) => {
    const state = join(folder, 'state');
    write('first.md', 'tags: [TypeScript]\ndate: 2026-01-01\n');
    write('second/index.md', 'tags: [TypeScript]\ndate: 2026-01-02\n');
    expect(run(join(folder, 'blog'), '--learn', '--state', state, ...author).status).toBe(0);
    for (const file of ['first.md', 'second/index.md'])
      run(join(folder, 'blog', file), '--state', state, '--json', ...author);
    const authorId = author.at(-1) ?? 'blog';
    expect(read(state)).toMatchObject({
      articles: ['first', 'second'].map((articleId) => ({ articleId, authorId })),
      kept: ['first', 'second'].map((articleId) => ({ articleId, authorId })),
    });
  });

  it('skips what breaks the contract, and counts only what was judged', () => {
    const state = join(folder, 'state');
    const many = Array.from({ length: 60 }, (_, n) => `t${n}`).join(', ');
    for (let n = 10; n < 20; n += 1) write(n, `tags: [${many}]\ndate: 2026-01-${n}\n`);
    write(20, `tags: [${'長'.repeat(101)}]\ndate: 2026-01-20\n`);
    write(21, 'tags: [TypeScript]\ndate: 2026-01-21\n');
    write('deep/a21.md', 'tags: [TypeScript]\ndate: 2026-01-22\n');
    const { status, stdout, stderr } = run(join(folder, 'blog'), '--learn', '--state', state);
    expect(stderr.match(/^a1\d: skipped: tags: /gm)).toHaveLength(10);
    expect(stderr).toMatch(/^a20: skipped: tags\.0: /m);
    expect(stderr).toMatch(/^a21: skipped: an earlier article has the same id$/m);
    expect(stdout).toMatch(/^articles 1 to 1 /m);
    expect(status).toBe(0);
    expect(FileHistory.open(state).documents().kept).toMatchObject([{ articleId: 'a21' }]);
  });

  it('goes on after ten articles that the workflow refuses', () => {
    const tooLong = 'あ'.repeat(50_000);
    for (let n = 10; n < 21; n += 1) write(n, `tags: [TypeScript]\ndate: 2026-01-${n}\n`);
    for (let n = 10; n < 20; n += 1) appendFileSync(join(folder, 'blog', `a${n}.md`), tooLong);
    const { status, stdout, stderr } = run(join(folder, 'blog'), '--learn');
    expect(stderr.match(/^a1\d: skipped: InvalidArticle: /gm)).toHaveLength(10);
    expect(stdout.match(/^articles .*(?= +F1)/gm)!.map((line) => line.trim())).toEqual(['articles 1 to 1']);
    expect(status).toBe(0);
  });

  it('ends with 1 where nothing was judged', () => {
    write(1, `tags: [${'長'.repeat(101)}]\ndate: 2026-01-01\n`);
    const { status, stderr } = run(join(folder, 'blog'), '--learn');
    expect(stderr).toMatch(/no article could be suggested tags for$/m);
    expect(status).toBe(1);
  });

  it('warns where the state already knows what comes later', () => {
    const state = join(folder, 'state');
    const learn = () => run(join(folder, 'blog'), '--learn', '--state', state);
    write(1, 'tags: [TypeScript]\ndate: 2026-01-01\n');
    expect(learn().stderr).toBe('');
    write(2, 'tags: [TypeScript]\ndate: 2026-01-02\n');
    expect(learn().stderr).toMatch(/^the state already holds the tags of 1 of these 2 articles.*\n$/);
  });

  it('writes the state once for each article', async () => {
    for (const n of [1, 2, 3]) write(n, `tags: [TypeScript]\ndate: 2026-01-0${n}\n`);
    const store = FileHistory.open(join(folder, 'state'));
    const functions = createLocalFunctions({ history: store });
    const kept: number[] = [];
    const onSuggested = () => kept.push(read(join(folder, 'state')).kept.length);
    const { KeywordsFunctionArn } = functions;
    const during: boolean[] = [];
    functions.KeywordsFunctionArn = async (payload) => {
      const answer = await KeywordsFunctionArn(payload);
      during.push(existsSync(join(folder, 'state/history.json')));
      return answer;
    };
    await learnInOrder(join(folder, 'blog'), { functions, store, onSuggested });
    expect(during[0]).toBe(false);
    expect(kept).toEqual([1, 2, 3]);
  });

  it('has kept what it has shown when it is interrupted', async () => {
    const state = join(folder, 'state');
    for (let n = 10; n < 30; n += 1) write(n, `tags: [TypeScript]\ndate: 2026-01-${n}\n`);
    const child = spawn(process.execPath, [MAIN, join(folder, 'blog'), '--learn', '--state', state], { env });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
      child.kill('SIGINT');
    });
    await once(child, 'close');
    const articles = shown.match(/^2026/gm)!.length;
    expect(articles).toBeLessThan(20);
    expect(FileHistory.open(state).documents().kept.length).toBeGreaterThanOrEqual(articles);
  });

  it.each([
    ['HTML', () => join(folder, 'a.html')],
    ['one article', () => join(folder, 'a.md')],
    ['standard input', () => '-'],
  ])('says what it takes when it is given %s', (_, path) => {
    for (const name of ['a.html', 'a.md']) writeFileSync(join(folder, name), 'text');
    const { status, stderr } = run(path(), '--learn');
    expect(stderr).toMatch(/^npm start --: .*: --learn takes a folder of Markdown, or JSON Lines.*\n$/);
    expect(status).toBe(2);
  });

  it('ends with 2 and a sentence for a state that is a file', () => {
    writeFileSync(join(folder, 'state'), '');
    const { status, stderr } = run('--state', join(folder, 'state'));
    expect(stderr).toMatch(/^npm start --: .*state: must be a folder\n$/);
    expect(status).toBe(2);
  });

  // Who may do anything may write everywhere but where the kernel lets nobody.
  it('ends with 2 and a sentence for a state that cannot be written to', () => {
    const readOnly = process.getuid?.() === 0 ? '/proc/self' : folder;
    if (readOnly === folder) chmodSync(folder, 0o555);
    const { status, stderr } = run('--state', readOnly);
    chmodSync(folder, 0o755);
    expect(stderr).toMatch(/^npm start --: .*: cannot be written to: .*\n$/);
    expect(status).toBe(2);
  });

  it.each([
    ['a path that is not there', ['absent'], /no such file/],
    [
      'a server that keeps the history itself',
      ['--opensearch', 'http://127.0.0.1:1'],
      /leave out --state and --learn/,
    ],
  ])('ends with 2 for %s', (_, args, message) => {
    const { status, stderr } = run(...args, '--learn');
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

describe('npm run catalogue -- forget --state', () => {
  const CATALOGUE = join(import.meta.dirname, '../../../scripts/catalogue.ts');
  const forget = (...args: string[]) =>
    spawnSync(process.execPath, [CATALOGUE, 'forget', '--state', folder, ...args], { encoding: 'utf8' });

  it('takes an author or an article, not both', () => {
    expect(forget('--author', 'a', '--article', 'b')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('only one of --author and --article may be given'),
    });
  });

  it('forgets an author when told so twice', async () => {
    await FileHistory.open(folder).record(kept);
    const asked = forget('--author', 'hanako');
    expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('has 1 documents; say --yes') });
    expect(forget('--author', 'hanako', '--yes')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 documents deleted'),
    });
    expect(readFileSync(join(folder, 'history.json'), 'utf8')).not.toContain('hanako');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const write = (n: number, frontMatter: string) =>
    writeFileSync(
      join(folder, 'blog', `a${n}.md`),
      `---\ntitle: TypeScriptの話${n}\n${frontMatter}---\nTypeScriptで書く。\n`,
    );

  it('suggests tags for a folder in the order of dates, the better the more it has learnt', () => {
    mkdirSync(join(folder, 'blog'));
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

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../scripts/evaluation/evaluate.ts';

const EVAL = join(import.meta.dirname, '../../scripts/eval.ts');
let folder: string;
let articles: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
  articles = join(folder, 'articles.jsonl');
  const topics = ['TypeScript', 'Python', 'Rust', 'Docker', 'AWS'];
  const rows = Array.from({ length: 15 }, (_, i) => {
    const [topic, other] = [topics[i % 5]!, topics[(i + 2) % 5]!];
    return JSON.stringify({
      id: `a${i}`,
      title: `${topic}で書く、その${i}`,
      body: `${topic}の話です。${other}ではありません。\n\n## ${topic}とは\n\n${topic}を使って、設定を書きます。${'言語の話をします。'.repeat(i)}`,
      tags: [topic, i % 3 === 0 ? '日記' : other],
      source: `author-${i % 3}`,
      ...(i < 12 && { date: `2026-01-${10 + i}` }),
    });
  });
  writeFileSync(articles, `${rows.join('\n')}\n{"id": 1}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [EVAL, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

describe('npm run eval, cross-validating', () => {
  let ran: ReturnType<typeof run>;
  let data: Evaluation;
  const report = () => join(folder, 'report.html');
  const cross = (...more: string[]) => run(articles, '--cross-validate', '--json', '-', ...more);
  beforeAll(() => {
    ran = cross('--ablations', '--report', report());
    data = JSON.parse(ran.stdout);
  }, 60_000);

  it('writes nothing but JSON to standard output, and bad rows to standard error', () => {
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain(`${articles}:16: skipped: `);
    expect(data.skipped).toBe(1);
  });

  it('has all figures as data', () => {
    expect(data).toMatchObject({
      articles: 15,
      protocol: 'cold',
      crossValidated: true,
      engine: 'embedded',
      mode: 'open',
      fit: null,
    });
    for (const name of ['precision', 'recall', 'f1At5', 'ndcgAt5', 'hitRate', 'empty'] as const) {
      expect(data[name], name).toBeGreaterThanOrEqual(0);
      expect(data[name], name).toBeLessThanOrEqual(1);
    }
    expect(data.f1At5).toBeGreaterThan(0.3);
    expect(data.interval![0]).toBeLessThanOrEqual(data.f1At5);
    expect(data.interval![1]).toBeGreaterThanOrEqual(data.f1At5);
    expect(Object.keys(data.bySource)).toEqual(['author-0', 'author-1', 'author-2']);
    expect(data.byLanguage.ja).toMatchObject({ articles: 15, baseline: { articles: 15 } });
    expect(data.grid.points).toHaveLength(66);
    expect(data.ablations.map(({ name }) => name)).toEqual([
      'without semantic',
      'without frequency',
      'without priors, fitted anew',
      'without catalogue, fitted anew',
    ]);
  });

  it('explains what was missed by looking at the text again', () => {
    const why = data.misses.flatMap(({ wanted }) => wanted).find(({ tag }) => tag === '日記');
    if (why) expect(why).toMatchObject({ why: 'not in the text', score: null });
    for (const { suggested } of data.misses)
      for (const { evidence } of suggested) expect(evidence).not.toBeNull();
  });

  it('writes the report beside', () => {
    expect(readFileSync(report(), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [EVAL, articles, '--json', '-']);
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [status] = await once(child, 'close');
    expect(said).not.toMatch(/EPIPE|at /);
    expect(status).toBe(0);
  }, 60_000);

  it('repeats itself to the last digit, whatever the number of threads', () => {
    const { seconds: _, ablations: __, ...first } = data;
    const { seconds: ___, ablations: ____, ...again } = JSON.parse(cross('--threads', '1').stdout);
    expect(again).toEqual(first);
  }, 60_000);

  it('suggests tags of the catalogue alone where told, and takes a catalogue of the platform', () => {
    const catalogue = join(folder, 'tags.tsv');
    writeFileSync(catalogue, 'label\tarticles\nRust\t9\n');
    const own: Evaluation = JSON.parse(cross('--mode', 'known', '--catalogue', catalogue).stdout);
    expect(own.catalogue.version).toMatch(/^[\w-]+\+[0-9a-f]{12}$/);
    const labels = new Set(own.misses.flatMap(({ suggested }) => suggested.map(({ label }) => label)));
    expect([...labels].filter((label) => label !== 'Rust')).toEqual([]);
    expect(own.bySource['author-0']!.meanSuggestions).toBeLessThanOrEqual(1);
  }, 60_000);

  it('prints tables for a person', () => {
    const { status, stdout } = run(articles, '--cross-validate');
    expect(status).toBe(0);
    for (const part of [/^F1 0\.\d{3}/m, /tf-idf/, /author-2/, /Precision by score/, /best at/])
      expect(stdout).toMatch(part);
  }, 60_000);
});

describe('npm run eval, in the order of dates', () => {
  it('learns what authors keep, and says how that helped by the number of earlier articles', () => {
    const ran = run(articles, '--protocol', 'stream', '--cross-validate', '--ablations', '--json', '-');
    expect(ran.stderr).toMatch(/a12 of author-0: skipped: has no date/);
    const data: Evaluation = JSON.parse(ran.stdout);
    expect(data).toMatchObject({ protocol: 'stream', articles: 12, skipped: 4 });
    expect(data.byEarlier.map(({ from, to, articles: count }) => [from, to, count])).toEqual([
      [0, 0, 3],
      [1, 4, 9],
    ]);
    expect(data.f1At5ByAuthor).toBeGreaterThan(0);
    expect(data.ablations.map(({ name }) => name)).toContain('without history');
    const suggested = data.misses.flatMap((miss) => miss.suggested);
    for (const { evidence } of suggested) expect(evidence).not.toBeNull();
  }, 60_000);

  it('prints the learning curve', () => {
    const { status, stdout } = run(articles, '--protocol', 'stream');
    expect(status).toBe(0);
    expect(stdout).toMatch(/averaged over authors[\s\S]*by the earlier articles of the author[\s\S]*1–4/);
  }, 60_000);

  it("takes the first of an author's articles with equal ids, and names the others", () => {
    const file = join(folder, 'repeated.jsonl');
    const rows = ['2026-01-02', '2026-01-01', '2026-01-03'].map((date, i) =>
      JSON.stringify({ id: 'a', title: 'AWS', body: 'AWS', tags: ['aws'], source: `s${i % 2}`, date }),
    );
    writeFileSync(file, rows.join('\n'));
    const { stdout, stderr } = run(file, '--protocol', 'stream', '--json', '-');
    expect(stderr.match(/a of s0: skipped: an earlier article has the same id/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ articles: 2, skipped: 1 });
  }, 60_000);

  it('ends with 2 where no article has a date', () => {
    const file = join(folder, 'undated.jsonl');
    writeFileSync(
      file,
      JSON.stringify({ id: 'a', title: 'AWS', body: 'AWS', tags: ['aws'], date: 'gestern' }),
    );
    const { status, stderr } = run(file, '--protocol', 'stream');
    expect(stderr).toMatch(/needs articles with a date/);
    expect(status).toBe(2);
  }, 60_000);
});

describe('npm run eval, with a fit', () => {
  const fitFor = (sha256: string) => {
    const logistic = { bias: -1, weights: { title: 3 } };
    const part = {
      known: logistic,
      open: { bias: -9, weights: {} },
      scale: { floor: 0.3, share: 0.3, power: 1 },
    };
    const file = join(folder, 'fit.json');
    const parts = { frequency: part, semantic: { ...part, known: { bias: 1, weights: {} } } };
    writeFileSync(
      file,
      JSON.stringify({
        version: 'made-up',
        model: { sha256 },
        catalogue: JSON.parse(
          readFileSync(
            join(import.meta.dirname, '../../functions/keywords/catalogue/catalogue.json'),
            'utf8',
          ),
        ),
        trained: { articles: 5, sources: ['author-1'], leftOut: {} },
        languages: { ja: parts, en: parts },
      }),
    );
    return file;
  };

  it('judges by it, and warns of sources that it has seen', () => {
    const { model }: Evaluation = JSON.parse(run(articles, '--cross-validate', '--json', '-').stdout);
    const { status, stdout, stderr } = run(articles, '--fit', fitFor(model.sha256), '--json', '-');
    expect(stderr).toMatch(/5 articles are by sources that the fit has seen/);
    expect(status).toBe(0);
    const data: Evaluation = JSON.parse(stdout);
    expect(data).toMatchObject({ protocol: 'cold', fit: 'made-up', seen: 5, articles: 15 });
    // Every title's topic is suggested, and it is always one of the two that are wanted.
    expect(data.recall).toBeGreaterThanOrEqual(0.5);
  }, 60_000);

  it('refuses a fit of another model', () => {
    const { status, stderr } = run(articles, '--fit', fitFor('other'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/made with model other/);
  }, 60_000);
});

describe('exit code 2', () => {
  it.each([
    ['no path', () => [], /missing required argument/],
    ['a path that is not there', () => [join(folder, 'absent')], /no such file or folder/],
    ['weights that are none', () => [articles, '--weights', '1'], /must be two numbers/],
    ['a threshold that is none', () => [articles, '--threshold', 'x'], /from 0 to 1/],
    ['a limit that is none', () => [articles, '--limit', '0'], /whole number/],
    ['an engine that is none', () => [articles, '--engine', 'x'], /Allowed choices are embedded, opensearch/],
    ['ablations of a shipped fit', () => [articles, '--ablations'], /needs --cross-validate/],
    ['a fit that is not there', () => [articles, '--fit', join(folder, 'absent')], /no such file/],
    ['a fit that is no JSON', () => [articles, '--fit', EVAL], /^npm run eval --: .*is no fit: .*\n$/],
    [
      'a fit that is another JSON',
      () => [articles, '--fit', join(import.meta.dirname, '../../package.json')],
      /^npm run eval --: .*is no fit: model: .*\n$/,
    ],
    ['figures into a folder', () => [articles, '--json', folder], /must be a file, is a folder\n$/],
    ['a report into a folder', () => [articles, '--report', folder], /must be a file, is a folder\n$/],
    ['a catalogue that is not there', () => [articles, '--catalogue', join(folder, 'a.tsv')], /no such file/],
    ['a report in no folder', () => [articles, '--report', join(folder, 'absent/r.html')], /no such folder/],
    [
      'OpenSearch without an address',
      () => [articles, '--engine', 'opensearch'],
      /^npm run eval --: give --opensearch URL or set OPENSEARCH_URL\n$/,
    ],
  ])('for %s', (_, args, message) => {
    const { status, stderr } = run(...args());
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('where there is no model', () => {
    const env = { ...process.env, MODEL_PATH: join(folder, 'absent') };
    const { status, stderr } = spawnSync(process.execPath, [EVAL, articles], { encoding: 'utf8', env });
    expect(stderr).toMatch(/^npm run eval --: no metadata\.json in .*absent/m);
    expect(status).toBe(2);
  });

  it('where no row is good, each reported', () => {
    const file = join(folder, 'bad.jsonl');
    writeFileSync(file, '{}\nx\n');
    const { status, stderr } = run(file, '--cross-validate', '--json', '-');
    expect(stderr).toMatch(/bad\.jsonl:1: skipped[\s\S]*bad\.jsonl:2: skipped[\s\S]*no good row/);
    expect(status).toBe(2);
  }, 60_000);

  it('where there is only one source to leave out', () => {
    const file = join(folder, 'one.jsonl');
    writeFileSync(file, JSON.stringify({ id: 'a', title: 'AWS', body: 'AWS', tags: ['aws'] }));
    const { status, stderr } = run(file, '--cross-validate');
    expect(stderr).toMatch(/at least two sources, there are 1/);
    expect(status).toBe(2);
  }, 60_000);
});

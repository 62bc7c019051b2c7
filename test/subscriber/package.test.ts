import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';

const PROJECT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'subscriber-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The project's Node.js, and the one that the machine has beside it. */
const NODES = [
  process.execPath,
  ...(process.env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(path, 'node'))
    .filter((path) => existsSync(path))
    .slice(0, 1),
];

beforeAll(() => {
  const run = (command: string, cwd: string) => execFileSync(command, { cwd, shell: true, encoding: 'utf8' });
  const said = run(`npm run --silent pack:subscriber -- --out ${folder}`, PROJECT);
  writeFileSync(join(folder, 'package.json'), '{ "name": "cms", "private": true, "type": "module" }');
  run(`npm install --no-audit --no-fund --loglevel=error ${said.trim()}`, folder);
});

const script = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe.each(NODES)('installed into an empty folder, with %s', (node) => {
  const run = (file: string) => spawnSync(node, [file], { cwd: folder, encoding: 'utf8' });

  it('reads an event, and names what is wrong with another', () => {
    const file = script(
      'reads.js',
      `import { InvalidTagsSuggested, parseTagsSuggested, TAGS_SUGGESTED } from 'tag-suggestions-subscriber';
       import { readFileSync } from 'node:fs';
       const sample = import.meta.resolve('tag-suggestions-subscriber/schemas/tags-suggested.sample.json');
       const detail = JSON.parse(readFileSync(new URL(sample)));
       const event = { source: TAGS_SUGGESTED.source, 'detail-type': TAGS_SUGGESTED.detailType, detail };
       console.log(parseTagsSuggested(event).data.tags[0].label);
       try { parseTagsSuggested({ ...event, detail: {} }) } catch (error) {
         console.log(error instanceof InvalidTagsSuggested, error.name, error.message);
       }`,
    );
    const { stdout, stderr } = run(file);
    expect(stderr).toBe('');
    expect(stdout).toContain('AWS Lambda\ntrue InvalidTagsSuggested metadata: ');
  });
});

describe('the package', () => {
  it('installs zod beside itself, and nothing else', () => {
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    expect(Object.keys(packages).sort()).toEqual([
      '',
      'node_modules/tag-suggestions-subscriber',
      'node_modules/zod',
    ]);
  });

  it('has types that a strict project compiles with, words that may come included', () => {
    script(
      'typed.ts',
      `import { parseTagsSuggested, type TagsSuggested } from 'tag-suggestions-subscriber';
       export function labels(event: unknown): string[] {
         const { metadata, data }: TagsSuggested = parseTagsSuggested(event);
         const origin: string = metadata.origin;
         if (metadata.origin === 'translation') return [origin];
         return data.tags.filter(({ score }) => score >= 0.4).map(({ label }) => label);
       }
       // @ts-expect-error a score is no text
       export const wrong = (event: unknown): string => parseTagsSuggested(event).data.tags[0]!.score;`,
    );
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(PROJECT, 'node_modules/typescript/bin/tsc'),
        ...'--ignoreConfig --noEmit --strict --target es2022 --module nodenext typed.ts'.split(' '),
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stdout).toBe('');
  });

  it('has the JSON Schema of each event, which its sample keeps', () => {
    const read = (name: string) =>
      JSON.parse(
        readFileSync(join(folder, 'node_modules/tag-suggestions-subscriber/schemas', `${name}.json`), 'utf8'),
      );
    for (const event of ['tags-suggested', 'article-published']) {
      const validate = new Ajv.default({ strict: false, validateFormats: false }).compile(
        read(`${event}.schema`),
      );
      expect(validate(read(`${event}.sample`)), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(read('tags-suggested.sample')).toEqual(tagsSuggestedSample);
  });
});

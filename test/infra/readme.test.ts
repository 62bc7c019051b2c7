import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

const README = join(import.meta.dirname, '../../infra/README.md');
const text = readFileSync(README, 'utf8');

it('lists every setting that there is, and no other', () => {
  const listed = [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name!);
  let known = '';
  try {
    readSettings(new App({ context: { unknown: '' } }).node);
  } catch (error) {
    known = /there are (.*)$/m.exec((error as Error).message)![1]!;
  }
  expect(listed.join(', ')).toBe(known);
});

it('names only commands that there are', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(8);
  for (const name of named) expect(scripts).toHaveProperty([name]);
});

it('installs what is missing before every command that a person runs', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const isOwnBefore = (name: string) => name.startsWith('pre') && name.slice(3) in scripts;
  for (const name of Object.keys(scripts).filter((script) => !isOwnBefore(script)))
    expect(scripts[`pre${name}`], name).toBe('node scripts/install-if-missing.mjs');
});

it('explains npm run opensearch to who asks, without starting it', () => {
  const script = join(import.meta.dirname, '../../scripts/opensearch.ts');
  const run = (argument: string) => spawnSync(process.execPath, [script, argument], { encoding: 'utf8' });
  expect(run('--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: npm run opensearch'),
  });
  expect(run('70000')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error: .*up to 65535\.\n$/),
  });
});

it('links only to files that there are', () => {
  for (const [, target] of text.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
    expect(existsSync(join(dirname(README), target!)), target).toBe(true);
  }
});

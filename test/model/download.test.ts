import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const script = resolve(import.meta.dirname, '../../model/download.sh');
const model = Buffer.alloc(8_000_064, 7);
const vocabulary = Buffer.from('[UNK]\t0.0\n犬\t-1.5\n');

let root: string;
let folder: string;
let store: string;

const describeFile = (content: Buffer) => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

function writeMetadata(changes: object = {}): void {
  const files = { 'model2vec.bin': describeFile(model), 'vocab.txt': describeFile(vocabulary) };
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ name: 'test', files, ...changes }, null, 2));
}

async function download(source?: string, env: Record<string, string> = {}) {
  const { MODEL_URL: _, ...rest } = process.env;
  try {
    const { stdout } = await run(
      'bash',
      [join(folder, 'download.sh'), ...(source === undefined ? [] : [source])],
      {
        env: { ...rest, ...env },
      },
    );
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, output: stderr };
  }
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'download-'));
  folder = join(root, 'model');
  store = join(root, 'store');
  mkdirSync(folder);
  mkdirSync(store);
  cpSync(script, join(folder, 'download.sh'));
  writeFileSync(join(store, 'model2vec.bin'), model);
  writeFileSync(join(store, 'vocab.txt'), vocabulary);
  writeMetadata();
});

afterEach(() => rmSync(root, { recursive: true }));

describe('download.sh puts verified files in place', () => {
  test.each([
    ['a folder', () => ({ source: store })],
    ['the file in it', () => ({ source: join(store, 'model2vec.bin') })],
    ['MODEL_URL', () => ({ env: { MODEL_URL: store } })],
    [
      'url in metadata.json',
      () => {
        writeMetadata({ url: store });
        return {};
      },
    ],
  ])('from %s', async (_, arrange: () => { source?: string; env?: Record<string, string> }) => {
    const { source, env } = arrange();

    const result = await download(source, env);

    expect(result).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'model2vec.bin')).equals(model)).toBe(true);
    expect(readFileSync(join(folder, 'vocab.txt')).equals(vocabulary)).toBe(true);
    expect(readdirSync(folder)).not.toContain('model2vec.bin.download');
  });

  test('from S3 through the aws command line', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'aws'), `#!/bin/sh\ncp "${store}/\${4##*/}" "$5"\n`, { mode: 0o755 });

    const result = await download('s3://bucket/models/', { PATH: `${bin}:${process.env.PATH}` });

    expect(result).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'model2vec.bin')).equals(model)).toBe(true);
  });

  test('over https, going on where an earlier download stopped', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    // Stands in for curl: appends what the target lacks, as `--continue-at -` does.
    writeFileSync(
      join(bin, 'curl'),
      `#!/bin/bash\nout=; while [ $# -gt 1 ]; do [ "$1" = --output ] && out=$2; [ "$1" = --continue-at ] && resume=1; shift; done
[ -n "$resume" ] || exit 9
have=0; [ -f "$out" ] && have=$(wc -c <"$out")
tail -c +$((have + 1)) "${store}/\${1##*/}" >>"$out"\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(folder, 'model2vec.bin.download'), model.subarray(0, 5_000_000));

    const result = await download('https://models.example/v1/model2vec.bin', {
      PATH: `${bin}:${process.env.PATH}`,
    });

    expect(result).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'model2vec.bin')).equals(model)).toBe(true);
  });

  test('and does nothing when they are right, even without a source', async () => {
    await download(store);

    const again = await download();

    expect(again).toEqual({ code: 0, output: expect.stringContaining('nothing to do') });
  });
});

describe('download.sh refuses', () => {
  test.each([
    ['no source at all', () => undefined, 'MODEL_URL'],
    ['a file that is not there', () => join(root, 'nowhere', 'model2vec.bin'), 'no such file'],
    ['a protocol it does not know', () => 'ftp://models.example/v1', 'unsupported source'],
    [
      'a changed byte',
      () => {
        const damaged = Buffer.from(model);
        damaged[4_000_000] = 8;
        writeFileSync(join(store, 'model2vec.bin'), damaged);
        return store;
      },
      'is damaged or another version',
    ],
    [
      'a truncated file',
      () => {
        writeFileSync(join(store, 'model2vec.bin'), model.subarray(0, -1));
        return store;
      },
      'is damaged or another version',
    ],
    [
      'another vocabulary',
      () => {
        writeFileSync(join(store, 'vocab.txt'), '[UNK]\t0.0\n猫\t-1.5\n');
        return store;
      },
      'vocab.txt from',
    ],
    [
      'a size no model has',
      () => {
        writeMetadata({ files: { 'model2vec.bin': { bytes: 100, sha256: 'a' } } });
        return store;
      },
      '8000000 to 30000000',
    ],
    [
      'to guess without metadata.json',
      () => {
        rmSync(join(folder, 'metadata.json'));
        return store;
      },
      'is missing',
    ],
  ])('%s', async (_, arrange, message) => {
    const result = await download(arrange());

    expect(result.code).toBe(1);
    expect(result.output).toContain(message);
    expect(readdirSync(folder)).not.toContain('model2vec.bin');
  });
});

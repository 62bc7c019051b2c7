import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../scripts/command.ts';
import { readBenchmarks } from '../../scripts/sts.ts';

const JSICK_HEADER =
  'sentence_A_En\tsentence_B_En\trelatedness_score_En\tsentence_A_Ja\tsentence_B_Ja\trelatedness_score_Ja';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sts-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('readBenchmarks', () => {
  it('reads JSTS line by line', () => {
    const folder = folderOf({
      'jsts-valid-v1.1.json':
        '{"sentence1":"犬が走る","sentence2":"犬が駆ける","label":4.2}\n\n{"sentence1":"a","sentence2":"b","label":0}\n',
    });

    expect(readBenchmarks(folder)).toEqual([
      {
        name: 'JSTS valid-v1.1',
        languages: 'ja',
        directions: [
          [
            { sentence1: '犬が走る', sentence2: '犬が駆ける', score: 4.2 },
            { sentence1: 'a', sentence2: 'b', score: 0 },
          ],
        ],
      },
    ]);
  });

  it('reads the Japanese columns of JSICK, with quotation marks as they are', () => {
    const folder = folderOf({ 'jsick-test.tsv': `${JSICK_HEADER}\nA dog\tA cat\t2.0\t"犬"が\t猫\t1.8\n` });

    expect(readBenchmarks(folder)[0]!.directions).toEqual([
      [{ sentence1: '"犬"が', sentence2: '猫', score: 1.8 }],
    ]);
  });

  it('reads STS-b in each language and sets them against each other, both ways round', () => {
    const folder = folderOf({
      'stsb-en-test.csv': '"A dog, running",A dog runs,4.8\n',
      'stsb-ja-test.csv': '走る犬,犬が走る,4.8\n',
    });

    expect(readBenchmarks(folder)).toEqual([
      {
        name: 'STS-b test',
        languages: 'en',
        directions: [[{ sentence1: 'A dog, running', sentence2: 'A dog runs', score: 4.8 }]],
      },
      {
        name: 'STS-b test',
        languages: 'ja',
        directions: [[{ sentence1: '走る犬', sentence2: '犬が走る', score: 4.8 }]],
      },
      {
        name: 'STS-b test',
        languages: 'en-ja',
        directions: [
          [{ sentence1: 'A dog, running', sentence2: '犬が走る', score: 4.8 }],
          [{ sentence1: '走る犬', sentence2: 'A dog runs', score: 4.8 }],
        ],
      },
    ]);
  });

  it('reads STS-b in one language alone', () => {
    const folder = folderOf({ 'stsb-ja-dev.csv': '走る犬,犬が走る,4.8\n', 'notes.txt': 'not a benchmark' });

    expect(readBenchmarks(folder).map(({ languages }) => languages)).toEqual(['ja']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['holds none', { 'notes.txt': '' }, 'no jsts-*.json'],
    ['has JSTS lines that are not JSON', { 'jsts-train.json': 'sentence1,sentence2\n' }, 'jsts-train.json: '],
    [
      'has JSTS lines without a label',
      { 'jsts-train.json': '{"sentence1":"a","sentence2":"b"}\n' },
      'pair 1 needs',
    ],
    ['has JSICK without the Japanese columns', { 'jsick-test.tsv': 'a\tb\tc\n1\t2\t3\n' }, 'pair 1 needs'],
    ['has STS-b without scores', { 'stsb-en-dev.csv': 'a,b,1\nc,d\n' }, 'stsb-en-dev.csv: '],
    ['has an empty set', { 'stsb-en-dev.csv': '' }, 'has no sentence pairs'],
    [
      'has languages of different length',
      { 'stsb-en-dev.csv': 'a,b,1\nc,d,2\n', 'stsb-ja-dev.csv': 'a,b,1\n' },
      '2 pairs in English and 1 in Japanese',
    ],
  ])('refuses a folder that %s', (_, files, message) => {
    expect(() => readBenchmarks(folderOf(files))).toThrow(UsageError);
    expect(() => readBenchmarks(folderOf(files))).toThrow(message);
  });
});

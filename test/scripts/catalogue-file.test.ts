import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countRows, readCatalogueFile } from '../../scripts/catalogue-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('a catalogue file', () => {
  it.each([
    ['no label column', 'a.tsv', 'key\tname\nx\ty\n', ':1: the first line must name the columns'],
    ['a missing column', 'a.tsv', 'label\tarticles\nA1\t1\nB2\n', ':3: has 1 columns, must have 2'],
    ['an empty label', 'a.tsv', 'label\tarticles\n \t1\n', ':2: label: must not be empty'],
    [
      'a count that is none',
      'a.csv',
      'label,articles\nA1,1\nB2,many\n',
      ':3: articles: must be a whole number',
    ],
    ['a negative count', 'a.csv', 'label,articles\nA1,-1\n', ':2: articles:'],
    [
      'more tagged than mentioned',
      'a.csv',
      'label,mentions,tagged_when_mentioned\nA1,1,2\n',
      ':2: tagged_when_mentioned: must be at most mentions',
    ],
    [
      'one tag in two spellings',
      'a.tsv',
      'label\nNext.js\nRust\nnext js\n',
      ':4: label: is the same tag as in line 2',
    ],
    ['a line that is no JSON', 'a.jsonl', '{"label":"A1"}\n{"label":\n', ':2: not JSON'],
    [
      'a label too long',
      'a.jsonl',
      JSON.stringify({ label: 'あ'.repeat(40) }),
      ':1: label: must be at most 96 bytes',
    ],
    ['a quote that never ends', 'a.csv', 'label\n"A1\n', 'Quote Not Closed'],
    ['nothing', 'a.tsv', 'label\n', 'has no tags'],
    ['another kind of file', 'a.xlsx', '', 'must end in .tsv, .csv or .jsonl'],
  ])('is refused with %s, the line named', async (_, name, content, words) => {
    await expect(countRows(write(name, content))).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(words),
    });
  });

  it('with many bad lines has twenty of them told', async () => {
    const file = write('bad.tsv', `label\tarticles\n${'a\tb\n'.repeat(30)}`);
    const { message } = (await countRows(file).catch((error: Error) => error)) as Error;
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toContain('… and 10 more');
  });

  it('needs no more than labels', async () => {
    const file = write('a.csv', '\uFEFFlabel\nNext.js\n"C, the language"\n');
    expect(await countRows(file)).toBe(2);
    const labels: string[] = [];
    for await (const { key, label } of readCatalogueFile(file)) labels.push(`${key}: ${label}`);
    expect(labels).toEqual(['nextjs: Next.js', 'c,thelanguage: C, the language']);
  });

  it('says that it is not there', async () => {
    await expect(countRows(join(folder, 'none.tsv'))).rejects.toThrow('no such file');
  });
});

import { expect, it } from 'vitest';
import { tagKey } from '../../functions/keywords/tag-key.ts';

it.each([
  ['Next.js', 'nextjs'],
  ['GitHub Actions', 'githubactions'],
  ['ＡＷＳ', 'aws'],
  ['ﾃﾞｰﾀ', 'データ'],
  ['C++', 'cpp'],
  ['Ｃ＃', 'csharp'],
  ['F#', 'fsharp'],
  ['.NET', 'dotnet'],
  ['CI/CD', 'cicd'],
  ['データ・ベース', 'データベース'],
  ['snake_case-name', 'snakecasename'],
  ['constructor', 'constructor'],
  ['__proto__', 'proto'],
])('%s has the key %s', (label, key) => {
  expect(tagKey(label)).toBe(key);
});

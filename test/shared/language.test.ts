import { expect, it } from 'vitest';
import { languageOf } from '../../functions/shared/language.ts';

it.each([
  ['Rustの所有権', 'Rustの所有権について説明します。', 'ja'],
  ['Ownership in Rust', 'This post explains ownership.', 'en'],
  ['関数の例', `短い説明です。${'const value = compute(input);\n'.repeat(20)}使い方は以上です。`, 'ja'],
  ['A note on 日本語', `${'Tokenising Japanese text needs a dictionary. '.repeat(5)}`, 'en'],
  ['…', '！', 'ja'],
])('%s: %s is judged as %s', (title, body, language) => {
  expect(languageOf({ title, body })).toBe(language);
});

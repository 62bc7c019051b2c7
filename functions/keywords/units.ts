import type { JapaneseTokenizer } from './japanese-tokenizer.ts';
import { tagKey } from './tag-key.ts';

/**
 * A word of a text, the least that a tag can consist of: a Latin word with its own punctuation (C++, C#, .NET),
 * a number, or a Japanese morpheme.
 */
export interface Unit {
  /** Contribution to a tag's key. */
  key: string;
  /** UTF-16 code units into the text. */
  start: number;
  end: number;
  kind: 'latin' | 'number' | 'noun' | 'prefix' | 'suffix' | 'other';
}

const LATIN_WORD =
  /(?<![\p{Script=Latin}\p{N}])\.NET(?![\p{Script=Latin}\p{N}])|[\p{Script=Latin}\p{Nd}][\p{Script=Latin}\p{Nd}\p{M}]*(?:\+\+|#(?![\p{Script=Latin}\p{N}]))?/giu;

/** 名詞 that carry no topic: pronouns, dependent nouns (こと, ため), numbers, counters, days. */
const EMPTY_NOUNS = new Set([
  '非自立',
  '代名詞',
  '数',
  '副詞可能',
  '特殊',
  '引用文字列',
  '接続詞的',
  '動詞非自立的',
]);

/** Cuts a text into units, in order. Punctuation and spaces are no units. */
export function cutUnits(text: string, japanese: JapaneseTokenizer): Unit[] {
  const latin = [...text.matchAll(LATIN_WORD)].map(({ 0: word, index }) => latinUnit(word, index));
  if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return latin;
  const units: Unit[] = [];
  let next = 0;
  for (const { start, end, partOfSpeech, subdivision } of japanese.tokenize(text)) {
    for (; next < latin.length && latin[next]!.start < end; next += 1) units.push(latin[next]!);
    if (next > 0 && latin[next - 1]!.end > start) continue;
    const word = text.slice(start, end);
    if (!/[\p{L}\p{N}]/u.test(word)) continue;
    units.push({ key: tagKey(word), start, end, kind: kindOf(word, partOfSpeech, subdivision) });
  }
  units.push(...latin.slice(next));
  return units;
}

function latinUnit(word: string, start: number): Unit {
  const kind = /^\p{Nd}+$/u.test(word) ? 'number' : 'latin';
  return { key: tagKey(word), start, end: start + word.length, kind };
}

function kindOf(word: string, partOfSpeech: string, subdivision: string): Unit['kind'] {
  if (partOfSpeech === '名詞') {
    if (subdivision === '数') return 'number';
    if (subdivision === '接尾') return 'suffix';
    return EMPTY_NOUNS.has(subdivision) ? 'other' : 'noun';
  }
  if (partOfSpeech === '接頭詞') return subdivision === '名詞接続' ? 'prefix' : 'other';
  const unknown = partOfSpeech === '';
  return unknown && /[\p{Script=Han}\p{Script=Katakana}]/u.test(word) ? 'noun' : 'other';
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 20_261_124;

const JAPANESE = [
  '記事を公開すると、数秒後にタグの提案が届きます。',
  'コンテナの起動が遅いときは、まずメモリの割り当てを見直してください。',
  'ワークフローの途中で失敗した処理だけを、同じ入力からもう一度実行できます。',
  '大規模言語モデルの学習には、質の高い文章が大量に必要です。',
  '今日はとても暖かかったので、駅から家まで歩いて帰りました。',
  'ｻｰﾊﾞｰﾚｽな構成なら、使った分だけの料金で済みます。',
  'データベースのインデックスを張り直したら、検索が十倍速くなった。',
  '㈱日本語処理では、①形態素解析、②ベクトル化、③順位付けの順に進めます。',
];
const ENGLISH = [
  'Publishing an article starts the workflow, and seconds later the tags are on the bus.',
  'The container would not start because its memory limit was far too small.',
  "It's a naïve approach, but it works: retry with exponential backoff and jitter.",
  'We walked home from the station because the weather was unusually warm.',
  'STATIC EMBEDDINGS are averaged over tokens; word order is lost.',
  'A redrive resumes the execution from the state that failed.',
];
const CODE = [
  "const vector = await loader.embed('タグ提案');",
  "SELECT tag, count(*) FROM articles WHERE lang = 'ja' GROUP BY tag HAVING count(*) > 3;",
  'for (let i = 0; i < rows.length; ++i) { sum[i] += weights[i] * rows[i]; }',
  'def embed(text: str) -> np.ndarray:\n    return model.encode([text])[0]',
  'curl -sS https://example.com/api/v1/tags?q=c%2B%2B | jq ".items[].label"',
  '<a href="#k8s">k8s & .NET &amp; C#</a> <!-- TODO -->',
];
const EMOJI = ['👍🏽', '👨‍👩‍👧‍👦', '🇯🇵', '🏳️‍🌈', '🫠', '1️⃣', '☕', '🎌タグ🏷️', '(^_^)/', '♥️😀😀'];

/** A small generator of random numbers, so that every run compares the same strings. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Japanese, English, mixed, code, emoji, empty and very long texts: at least 500. */
export function textsToEmbed(): string[] {
  const random = createRandom(SEED);
  const pick = (list: readonly string[]) => list[random(list.length)]!;
  const prose = [...readLines('test/articles'), ...JAPANESE];
  const kinds = [JAPANESE, ENGLISH, CODE, EMOJI, prose];
  const mixed = Array.from({ length: 200 }, () => {
    const parts = Array.from({ length: 1 + random(6) }, () => pick(kinds[random(kinds.length)]!));
    return parts.join(pick(['', ' ', '\n', '。']));
  });
  const long = [prose.join('\n'), ENGLISH.join(' '), CODE.join('\n'), JAPANESE.join('')];
  return [
    '',
    ' ',
    '\n\t\u3000',
    ...prose,
    ...JAPANESE,
    ...ENGLISH,
    ...CODE,
    ...EMOJI,
    ...readLines('functions/embedding'),
    ...mixed,
    ...long.map((text) =>
      text
        .repeat(Math.ceil(50_000 / text.length))
        .slice(0, 50_000)
        .toWellFormed(),
    ),
    'あ'.repeat(50_000),
    'タグ提案システム'.repeat(6_250),
    'x'.repeat(50_000),
  ];
}

/** 10,000 random well-formed strings of assigned characters; half of them prefer the scripts that models know. */
export function randomTexts(): string[] {
  const random = createRandom(SEED);
  const all = assignedCharacters();
  const known = all.filter((c) =>
    /[\p{Script=Latin}\p{Script=Hiragana}\p{Script=Katakana}\p{M}\p{N}]/u.test(c),
  );
  const kanji = all.filter((c) => c >= '一' && c <= '鿿');
  return Array.from({ length: 10_000 }, (_, i) => {
    const sources = i % 2 === 0 ? [all] : [all, known, known, kanji];
    return Array.from({ length: 1 + random(40) }, () => {
      const source = sources[random(sources.length)]!;
      return source[random(source.length)]!;
    }).join('');
  });
}

/** Every character that Unicode assigns, except halves of surrogate pairs. */
export function assignedCharacters(): string[] {
  const characters: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (/[^\p{Cn}\p{Cs}]/u.test(character)) characters.push(character);
  }
  return characters;
}

function readLines(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ name }) => readFileSync(join(ROOT, folder, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '');
}

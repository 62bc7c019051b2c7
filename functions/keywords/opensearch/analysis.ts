/**
 * How OpenSearch reads Japanese articles, with nothing but the analysers that Amazon OpenSearch Service has on every
 * domain: kuromoji, ICU and the common ones.
 *
 * The part-of-speech filter of kuromoji drops a token only when its whole tag is listed, so the lists are complete for
 * the IPA dictionary.
 */

const NOUN = [
  '名詞',
  '名詞-サ変接続',
  '名詞-ナイ形容詞語幹',
  '名詞-一般',
  '名詞-固有名詞',
  '名詞-固有名詞-一般',
  '名詞-固有名詞-人名',
  '名詞-固有名詞-人名-一般',
  '名詞-固有名詞-人名-名',
  '名詞-固有名詞-人名-姓',
  '名詞-固有名詞-組織',
  '名詞-固有名詞-地域',
  '名詞-固有名詞-地域-一般',
  '名詞-固有名詞-地域-国',
  '名詞-形容動詞語幹',
];
const NUMBER = ['名詞-数'];
const SUFFIX = [
  '名詞-接尾',
  '名詞-接尾-サ変接続',
  '名詞-接尾-一般',
  '名詞-接尾-人名',
  '名詞-接尾-副詞可能',
  '名詞-接尾-助動詞語幹',
  '名詞-接尾-助数詞',
  '名詞-接尾-地域',
  '名詞-接尾-形容動詞語幹',
  '名詞-接尾-特殊',
];
/** Without it 大規模言語モデル would lose its 大. */
const PREFIX = ['接頭詞-名詞接続'];

/** Nouns that carry no topic by themselves: これ, 今日, こと. */
const EMPTY_NOUN = [
  '名詞-代名詞',
  '名詞-代名詞-一般',
  '名詞-代名詞-縮約',
  '名詞-副詞可能',
  '名詞-動詞非自立的',
  '名詞-引用文字列',
  '名詞-接続詞的',
  '名詞-特殊',
  '名詞-特殊-助動詞語幹',
  '名詞-非自立',
  '名詞-非自立-一般',
  '名詞-非自立-副詞可能',
  '名詞-非自立-助動詞語幹',
  '名詞-非自立-形容動詞語幹',
];
const CONTENT_WORD = [
  '動詞',
  '動詞-自立',
  '形容詞',
  '形容詞-自立',
  '副詞',
  '副詞-一般',
  '副詞-助詞類接続',
  '接頭詞',
  '接頭詞-動詞接続',
  '接頭詞-形容詞接続',
  '接頭詞-数接続',
  '未知語',
];
const FUNCTION_WORD = [
  '動詞-接尾',
  '動詞-非自立',
  '形容詞-接尾',
  '形容詞-非自立',
  '助動詞',
  '助詞',
  '助詞-並立助詞',
  '助詞-係助詞',
  '助詞-副助詞',
  '助詞-副助詞／並立助詞／終助詞',
  '助詞-副詞化',
  '助詞-接続助詞',
  '助詞-格助詞',
  '助詞-格助詞-一般',
  '助詞-格助詞-引用',
  '助詞-格助詞-連語',
  '助詞-特殊',
  '助詞-終助詞',
  '助詞-連体化',
  '助詞-間投助詞',
  '接続詞',
  '連体詞',
  '感動詞',
  'フィラー',
  'その他',
  'その他-間投',
  '語断片',
  '非言語音',
  '記号',
  '記号-アルファベット',
  '記号-一般',
  '記号-句点',
  '記号-括弧閉',
  '記号-括弧開',
  '記号-空白',
  '記号-読点',
];
const ALL = [NOUN, NUMBER, SUFFIX, PREFIX, EMPTY_NOUN, CONTENT_WORD, FUNCTION_WORD].flat();

const without = (tags: string[]) => ({ type: 'kuromoji_part_of_speech', stoptags: tags });
const only = (tags: string[]) => without(ALL.filter((tag) => !tags.includes(tag)));

/**
 * The parts of speech that candidates are made of, by the name that the `morphemes` field gives them: 品詞-細分類 as
 * in the IPA dictionary. Everything else is `その他`.
 */
const KINDS: [name: string, id: string, tags: string[]][] = [
  ['名詞-一般', 'noun', NOUN],
  ['名詞-数', 'number', NUMBER],
  ['名詞-接尾', 'suffix', SUFFIX],
  ['接頭詞-名詞接続', 'prefix', PREFIX],
  ['その他', 'other', [EMPTY_NOUN, CONTENT_WORD, FUNCTION_WORD].flat()],
];

/** Words that one tag may span; must cover what the shared code joins. */
const LONGEST_TAG = 6;

const name = (pattern: string, replacement: string) => ({
  type: 'pattern_replace',
  // (?iU): case by Unicode, for ｃ＃ as well.
  pattern: `(?iU)(?<![\\p{IsLatin}\\p{N}])${pattern}`,
  replacement,
});

const shingles = {
  type: 'shingle',
  min_shingle_size: 2,
  max_shingle_size: LONGEST_TAG,
  output_unigrams: true,
  token_separator: '',
  // Stands where a word was left out or a block ends, so that nothing is joined across it.
  filler_token: '|',
};

/** Index settings with the analysers; `index.max_shingle_diff` lets shingles reach LONGEST_TAG. */
export const ANALYSIS_SETTINGS = {
  max_shingle_diff: LONGEST_TAG - 1,
  analysis: {
    char_filter: {
      // Kuromoji drops punctuation: without these, C++ and C# would both be c. A plain mapping would also hit PDF#1.
      name_cpp: name('[cｃ](?:\\+\\+|＋＋)', 'cpp'),
      name_csharp: name('[cｃ][#＃](?![\\p{IsLatin}\\p{N}])', 'csharp'),
      name_fsharp: name('[fｆ][#＃](?![\\p{IsLatin}\\p{N}])', 'fsharp'),
      name_dotnet: name('\\.net(?![\\p{IsLatin}\\p{N}])', 'dotnet'),
    },
    tokenizer: {
      // Search mode cuts compounds; the compound beside its parts would stand across them.
      words: { type: 'kuromoji_tokenizer', mode: 'search', discard_compound_token: true },
    },
    filter: {
      nfkc: { type: 'icu_normalizer', name: 'nfkc' },
      letters: { type: 'pattern_replace', pattern: '[^\\p{L}\\p{N}]', replacement: '' },
      tag_shingles: shingles,
      no_fillers: { type: 'pattern_replace', pattern: '^.*\\|.*$', replacement: '', all: false },
      tag_length: { type: 'length', min: 1, max: 96 },
      kind: {
        type: 'multiplexer',
        preserve_original: false,
        filters: KINDS.map(([, id]) => `only_${id}, name_${id}`),
      },
      ...Object.fromEntries(KINDS.map(([, id, tags]) => [`only_${id}`, only(tags)])),
      ...Object.fromEntries(
        KINDS.map(([kind, id]) => [
          `name_${id}`,
          { type: 'pattern_replace', pattern: '^.*$', replacement: kind, all: false },
        ]),
      ),
    },
    analyzer: {
      /** Keys of all runs of words: whatever stands in the text as a tag could be spelled. */
      tag_keys: {
        type: 'custom',
        char_filter: ['name_cpp', 'name_csharp', 'name_fsharp', 'name_dotnet'],
        tokenizer: 'words',
        filter: ['nfkc', 'lowercase', 'letters', 'tag_shingles', 'no_fillers', 'tag_length'],
      },
      /** Each morpheme as the name of its part of speech; what it says is in the text, at its offsets. */
      morphemes: { type: 'custom', tokenizer: 'words', filter: ['kind'] },
    },
  },
};

/** A tag's key as the analyser `tag_keys` writes it: letters and digits alone. '' matches nothing. */
export function searchKey(key: string): string {
  return key.replace(/[^\p{L}\p{N}]/gu, '');
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import initialize, { TokenizerBuilder } from 'lindera-wasm-ipadic';

/** A morpheme of the IPA dictionary; tokens cover the text without gaps. */
export interface Morpheme {
  /** UTF-16 code units into the text. */
  start: number;
  end: number;
  /** 品詞 and its first subdivision (`名詞`, `サ変接続`); '' for a word that the dictionary does not know. */
  partOfSpeech: string;
  subdivision: string;
}

export interface JapaneseTokenizer {
  tokenize(text: string): Morpheme[];
}

/**
 * Longer runs of one character or of katakana are no words; the tokenizer takes such a run as one unknown word from
 * each of its positions, in time that grows with the square.
 */
const LONG_RUN = /[\p{Script=Katakana}ー]{65,}|(.)\1{64,}/gsu;

let loading: Promise<JapaneseTokenizer> | undefined;

/**
 * The IPA dictionary in WebAssembly, in the mode that cuts compounds as OpenSearch's kuromoji does in search mode.
 * Loaded once for the process (about half a second, 125 MB).
 */
export function loadJapaneseTokenizer(): Promise<JapaneseTokenizer> {
  loading ??= load();
  return loading;
}

async function load(): Promise<JapaneseTokenizer> {
  const wasm =
    process.env.LINDERA_WASM ??
    createRequire(import.meta.url).resolve('lindera-wasm-ipadic/lindera_wasm_bg.wasm');
  await initialize({ module_or_path: readFileSync(wasm) });
  const builder = new TokenizerBuilder();
  builder.setDictionary('embedded://ipadic');
  builder.setMode('decompose');
  const lindera = builder.build();
  return {
    tokenize(text) {
      const morphemes: Morpheme[] = [];
      let start = 0;
      for (const token of lindera.tokenize(withoutLongRuns(text)) as Map<string, unknown>[]) {
        const end = start + (token.get('text') as string).length;
        const [partOfSpeech = '', subdivision = ''] = token.get('details') as string[];
        const unknown = partOfSpeech === 'UNK';
        morphemes.push({ start, end, partOfSpeech: unknown ? '' : partOfSpeech, subdivision });
        start = end;
      }
      return morphemes;
    },
  };
}

/** Same length, so that offsets hold. */
function withoutLongRuns(text: string): string {
  return text.replace(LONG_RUN, (run) => ' '.repeat(run.length));
}

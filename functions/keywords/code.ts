import type { CodeBlock } from '../shared/article-text.ts';
import { tagKey } from './tag-key.ts';

/** What authors write after a fence, where it is not the language's own name. */
const LANGUAGES = new Map([
  ['bash', 'shell'],
  ['cs', 'csharp'],
  ['dockerfile', 'docker'],
  ['ex', 'elixir'],
  ['exs', 'elixir'],
  ['fs', 'fsharp'],
  ['golang', 'go'],
  ['hcl', 'terraform'],
  ['hs', 'haskell'],
  ['js', 'javascript'],
  ['jsx', 'react'],
  ['kt', 'kotlin'],
  ['md', 'markdown'],
  ['mjs', 'javascript'],
  ['pl', 'perl'],
  ['ps1', 'powershell'],
  ['py', 'python'],
  ['rb', 'ruby'],
  ['rs', 'rust'],
  ['sh', 'shell'],
  ['tex', 'latex'],
  ['tf', 'terraform'],
  ['ts', 'typescript'],
  ['tsx', 'react'],
  ['yml', 'yaml'],
]);

/** A language that an article's code is written in. */
export interface CodeLanguage {
  /** As the fence spells it. */
  spelling: string;
  /** Share of the article's code in it, of its characters: (0, 1]. */
  share: number;
}

/** The languages of an article's code, by key. */
export function codeLanguages(code: readonly CodeBlock[]): Map<string, CodeLanguage> {
  const languages = new Map<string, CodeLanguage>();
  const total = code.reduce((sum, { text }) => sum + text.length + 1, 0);
  for (const { language, text } of code) {
    const key = tagKey(LANGUAGES.get(language) ?? language);
    if (key === '') continue;
    const share = (languages.get(key)?.share ?? 0) + (text.length + 1) / total;
    languages.set(key, { spelling: language, share });
  }
  return languages;
}

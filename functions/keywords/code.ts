import type { CodeBlock } from '../shared/article-text.ts';
import { tagKey } from './tag-key.ts';

/** What authors write after a fence, where it is not the language's own name. */
const LANGUAGES: Record<string, string> = {
  bash: 'shell',
  cs: 'csharp',
  dockerfile: 'docker',
  ex: 'elixir',
  exs: 'elixir',
  fs: 'fsharp',
  golang: 'go',
  hcl: 'terraform',
  hs: 'haskell',
  js: 'javascript',
  jsx: 'react',
  kt: 'kotlin',
  md: 'markdown',
  mjs: 'javascript',
  pl: 'perl',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'shell',
  tex: 'latex',
  tf: 'terraform',
  ts: 'typescript',
  tsx: 'react',
  yml: 'yaml',
};

/** Keys of the languages that an article's code is written in, each once. */
export function languageTags(code: readonly CodeBlock[]): string[] {
  const names = code.map(({ language }) => tagKey(LANGUAGES[language] ?? language));
  return [...new Set(names)].filter((name) => name !== '');
}

/** Names that are mostly punctuation and would lose themselves in a key. */
const SYMBOL_NAMES = new Map([
  ['c++', 'cpp'],
  ['c#', 'csharp'],
  ['f#', 'fsharp'],
  ['.net', 'dotnet'],
]);

/**
 * The key of a tag: two spellings with equal keys are the same tag.
 *
 * NFKC, lower case, without spaces and `. _ - / ・`; C++, C#, F# and .NET by their names.
 * `tagKey('Next.js') === tagKey('nextjs')`, `tagKey('Ｃ＃') === 'csharp'`.
 */
export function tagKey(label: string): string {
  const folded = label.normalize('NFKC').toLowerCase().trim();
  return SYMBOL_NAMES.get(folded) ?? folded.replace(/[\s._\-/・]/g, '');
}

/** Languages that suggestions are fitted for. */
export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** From this share of Japanese letters on, an article is Japanese: code and names in Latin script are in all of them. */
const JAPANESE_SHARE = 0.02;

/** The language that an article is judged in: told by its letters, whatever the event says. */
export function languageOf({ title, body }: { title: string; body: string }): Language {
  const text = `${title} ${body}`;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const japanese = text.match(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/gu)?.length ?? 0;
  return japanese >= JAPANESE_SHARE * letters ? 'ja' : 'en';
}

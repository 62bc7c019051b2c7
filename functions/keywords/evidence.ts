import type { Evidence } from '../contracts/candidate.ts';
import { MAX_MENTIONS, MAX_SNIPPET_BYTES } from '../contracts/limits.ts';
import type { KeptTag } from '../history/author-history.ts';
import type { Mention } from './mentions.ts';

const ORDER = { title: 0, heading: 1, lead: 2, body: 3 } as const;

/** At most three places, the most telling first: title, headings, lead, body; one for each block. */
export function evidenceOf(
  mentions: readonly Mention[],
  source: { title: string; body: string },
): Evidence[] {
  const blocks = new Set<Mention['block']>();
  return mentions
    .toSorted((a, b) => ORDER[a.block.where] - ORDER[b.block.where] || a.position - b.position)
    .filter(({ block }) => !blocks.has(block) && blocks.add(block))
    .slice(0, MAX_MENTIONS)
    .map((mention) => describe(mention, source));
}

/** How often the author has used the tag before. */
export function historyEvidence({
  label,
  articles,
  of,
}: Pick<KeptTag, 'label' | 'articles'> & { of: number }): Evidence {
  const spelling = cutToBytes(label, MAX_SNIPPET_BYTES);
  const snippet = `used on ${articles} of your ${of} articles`;
  return { where: 'history', spelling, snippet, articles, of };
}

/** The beginning of a text, at most so many bytes of UTF-8. */
export function cutToBytes(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

function describe(mention: Mention, { title, body }: { title: string; body: string }): Evidence {
  const { where, text, start: blockStart, end: blockEnd } = mention.block;
  const spelling = text.slice(mention.start, mention.end);
  const offset =
    where === 'title' ? title.indexOf(spelling) : body.slice(blockStart, blockEnd).indexOf(spelling);
  return {
    where,
    spelling,
    ...(offset >= 0 && { offset: where === 'title' ? offset : blockStart + offset }),
    snippet: snippetAround(text, mention),
  };
}

/** Bytes that a text takes in JSON: quotes and what is escaped grow. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The words around a mention, at most 160 bytes as JSON, with … where it was cut. */
export function snippetAround(text: string, { start, end }: { start: number; end: number }): string {
  const ellipsis = '…';
  const budget = MAX_SNIPPET_BYTES - 2 * Buffer.byteLength(ellipsis);
  let bytes = jsonBytes(text.slice(start, end));
  let [from, to] = [start, end];
  for (let grown = true; grown; ) {
    grown = false;
    for (const side of ['left', 'right'] as const) {
      const character = side === 'left' ? characterBefore(text, from) : characterAt(text, to);
      const size = jsonBytes(character);
      if (size === 0 || bytes + size > budget) continue;
      bytes += size;
      grown = true;
      if (side === 'left') from -= character.length;
      else to += character.length;
    }
  }
  return `${from > 0 ? ellipsis : ''}${text.slice(from, to)}${to < text.length ? ellipsis : ''}`;
}

function characterAt(text: string, index: number): string {
  const codePoint = text.codePointAt(index);
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
}

function characterBefore(text: string, index: number): string {
  if (index <= 0) return '';
  const isPair = index >= 2 && /[\uDC00-\uDFFF]/.test(text[index - 1]!);
  return text.slice(index - (isPair ? 2 : 1), index);
}

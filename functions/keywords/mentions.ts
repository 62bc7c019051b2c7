import type { Block } from '../shared/article-text.ts';
import type { Unit } from './units.ts';

/** A block of the article with the units of its text. */
export interface UnitBlock extends Block {
  units: Unit[];
}

/** One place where a term stands in the article. */
export interface Mention {
  block: UnitBlock;
  /** UTF-16 code units into the block's text. */
  start: number;
  end: number;
  /** Number of units before it in the article. */
  position: number;
}

/** What is found under one key: a catalogue tag, or a phrase of the text. */
export type Mentions = Map<string, Mention[]>;

/** Units that one tag may span, and characters that may stand between them (`Next.js`, `CI/CD`, `Step Functions`). */
const LONGEST_TAG = 6;
const JOINT = /^[\s._\-/・]{0,2}$/;

/**
 * Finds every run of up to six adjacent units whose joined keys `tagOf` knows, so that all spellings of a tag that
 * differ in case, width, spaces, dots and hyphens are found, and only at word boundaries.
 *
 * An alias inside a longer tag, or glued to its neighbour (the js of Node.js and of index.js), is no mention.
 *
 * @param tagOf the key of the tag that a spelling's key stands for (itself or an alias), undefined for none
 */
export function findTags(blocks: UnitBlock[], tagOf: (key: string) => string | undefined): Mentions {
  const mentions: Mentions = new Map();
  forEachRun(blocks, (block, first, last, key, position) => {
    const tag = tagOf(key);
    if (tag === undefined || (tag !== key && isGlued(block, first, last))) return;
    addMention(mentions, tag, mentionOf(block, first, last, position));
  });
  return mentions;
}

function isGlued({ text, units }: UnitBlock, first: number, last: number): boolean {
  const { start } = units[first]!;
  const { end } = units[last]!;
  return /[._\-/]/.test(text.charAt(start - 1)) || /^[._\-/][\p{L}\p{N}]/u.test(text.slice(end, end + 3));
}

/** Calls `visit` for each run of up to LONGEST_TAG adjacent units, with the joined key. */
function forEachRun(
  blocks: UnitBlock[],
  visit: (block: UnitBlock, first: number, last: number, key: string, position: number) => void,
): void {
  let position = 0;
  for (const block of blocks) {
    const { units, text } = block;
    for (let first = 0; first < units.length; first += 1) {
      let key = '';
      const end = Math.min(units.length, first + LONGEST_TAG);
      for (let last = first; last < end; last += 1) {
        if (last > first && !joins(text, units[last - 1]!, units[last]!)) break;
        key += units[last]!.key;
        visit(block, first, last, key, position + first);
      }
    }
    position += units.length;
  }
}

function joins(text: string, left: Unit, right: Unit): boolean {
  return left.end === right.start || JOINT.test(text.slice(left.end, right.start));
}

function mentionOf(block: UnitBlock, first: number, last: number, position: number): Mention {
  return { block, start: block.units[first]!.start, end: block.units[last]!.end, position };
}

function addMention(mentions: Mentions, key: string, mention: Mention): void {
  const found = mentions.get(key);
  if (found) found.push(mention);
  else mentions.set(key, [mention]);
}

/** A phrase is at most this many units; a longer run of nouns is a title, not a tag. */
const LONGEST_PHRASE = 5;

/**
 * Finds the noun phrases of the text: compounds of adjacent nouns (機械学習, 大規模言語モデル, Lambda関数), names of
 * capitalised Latin words (Step Functions, GitHub Actions), each of their Latin words, and single nouns.
 */
export function findPhrases(blocks: UnitBlock[]): Mentions {
  const mentions: Mentions = new Map();
  let position = 0;
  for (const block of blocks) {
    const { units } = block;
    for (let first = 0; first < units.length; ) {
      const last = endOfPhrase(block, first);
      if (last < first) {
        first += 1;
        continue;
      }
      addPhrases(mentions, block, first, last, position);
      first = last + 1;
    }
    position += units.length;
  }
  return mentions;
}

/** Index of the last unit of the phrase that begins at `first`; `first - 1` where none begins. */
function endOfPhrase({ text, units }: UnitBlock, first: number): number {
  const { kind } = units[first]!;
  if (kind !== 'noun' && kind !== 'prefix' && kind !== 'latin') return first - 1;
  let last = first;
  while (last + 1 < units.length && continuesPhrase(text, units[last]!, units[last + 1]!)) last += 1;
  if (units[last]!.kind === 'prefix') last -= 1;
  return last;
}

function continuesPhrase(text: string, left: Unit, right: Unit): boolean {
  if (right.kind === 'other' || right.kind === 'prefix') return false;
  const gap = text.slice(left.end, right.start);
  if (gap === '') return true;
  const bothLatin = left.kind === 'latin' && (right.kind === 'latin' || right.kind === 'number');
  if (!bothLatin) return gap === '・';
  return gap === ' '
    ? isName(text, left) && (right.kind === 'number' || isName(text, right))
    : /^[.-]$/.test(gap);
}

function isName(text: string, { start }: Unit): boolean {
  return /^\p{Lu}/u.test(text.slice(start, start + 2));
}

function addPhrases(
  mentions: Mentions,
  block: UnitBlock,
  first: number,
  last: number,
  position: number,
): void {
  const add = (from: number, to: number) => {
    const units = block.units.slice(from, to + 1);
    const key = units.map((unit) => unit.key).join('');
    addMention(mentions, key, mentionOf(block, from, to, position + from));
  };
  if (last - first < LONGEST_PHRASE) add(first, last);
  if (last === first) return;
  for (let at = first; at <= last; at += 1) {
    const { kind } = block.units[at]!;
    if ((kind === 'latin' || kind === 'noun') && !isGlued(block, at, at)) add(at, at);
    if (at < last && last - first > 1 && !isGlued(block, at, at + 1)) add(at, at + 1);
  }
}

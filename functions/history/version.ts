import { createHash } from 'node:crypto';
import type { KeptTags } from '../contracts/article-tagged.ts';
import { tagKey } from '../keywords/tag-key.ts';

/** The tags as they are kept: one spelling a key, the first. */
export function distinctTags(tags: readonly string[]): string[] {
  const keys = new Set<string>();
  return tags.filter((tag) => {
    const key = tagKey(tag);
    return key !== '' && !keys.has(key) && keys.add(key);
  });
}

/** A day before the year 0, where the times of the contract begin. */
const BEGINNING_MS = -62_167_305_600_000;
/** What the times up to the year 9999 leave free in a long of 63 bits. */
const TIE_BITS = 14n;

/**
 * The version of what an author kept on an article: the greater one holds. The time in milliseconds; of two events of the
 * same millisecond one is greater by its content, so that the order of arrival decides nothing.
 *
 * @returns a positive integer below 2^63
 */
export function versionOf({ authorId, tags, taggedAt }: KeptTags): bigint {
  const content = JSON.stringify([authorId, distinctTags(tags)]);
  const tie = createHash('sha256').update(content).digest().readUInt16BE() >> 2;
  return (BigInt(Date.parse(taggedAt) - BEGINNING_MS) << TIE_BITS) | BigInt(tie);
}

/** What is left of an author or article that was forgotten: no id, only what tells it when it comes again. */
export function tombstoneOf(what: { authorId: string } | { articleId: string }): string {
  const [kind, id] = 'authorId' in what ? ['author', what.authorId] : ['article', what.articleId];
  return createHash('sha256').update(`${kind}:${id}`).digest('hex');
}

import * as z from 'zod';
import { NamedError } from '../shared/named-error.ts';
import { type TagsSuggested as Contract, TAGS_SUGGESTED, tagsSuggested } from './tags-suggested.ts';

export { TAGS_SUGGESTED };

/** A word out of a list that later versions 1.x may make longer. */
type Open<T> = T extends string
  ? string extends T
    ? T
    : T | (string & {})
  : T extends readonly (infer Item)[]
    ? Open<Item>[]
    : T extends object
      ? { [Key in keyof T]: Open<T[Key]> }
      : T;

/** `detail` of `TagsSuggested`, version 1, as a subscriber may rely on it: each list of words may become longer. */
export type TagsSuggested = Open<Contract>;
export type SuggestedTag = TagsSuggested['data']['tags'][number];

/** What came is no `TagsSuggested` of version 1; the message names each field and what is allowed. */
export class InvalidTagsSuggested extends NamedError {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidTagsSuggested', message, options);
  }
}

const envelope = z.object({
  source: z.literal(TAGS_SUGGESTED.source),
  'detail-type': z.literal(TAGS_SUGGESTED.detailType),
  detail: z.unknown(),
});

/**
 * Reads a suggestion from the event as EventBridge delivers it, or from its `detail` alone.
 *
 * Whatever a later version 1.x adds is let through as it came: fields, words, longer lists and texts.
 *
 * @returns the event's `detail`
 * @throws InvalidTagsSuggested naming each field that is missing or wrong
 *
 * @example
 * export async function handler(event: unknown) {
 *   const { data } = parseTagsSuggested(event);
 *   await cms.suggest(data.articleId, data.tags.map(({ label }) => label));
 * }
 */
export function parseTagsSuggested(event: unknown): TagsSuggested {
  const detail = isEnvelope(event) ? judge(envelope, event).detail : event;
  return judge(tagsSuggested, detail) as TagsSuggested;
}

function isEnvelope(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'detail' in event;
}

/** The value itself, not a copy that lacks what the schema does not know. */
function judge<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { error } = schema.safeParse(value, { reportInput: true });
  const issues = error?.issues.filter((issue) => !isAddition(issue)) ?? [];
  if (issues.length === 0) return value as z.infer<Schema>;
  const words = issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
  throw new InvalidTagsSuggested(words.join('; '));
}

/** What version 1 may come to allow: further words in a list of words, further items, longer texts. */
function isAddition(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_value') return issue.values.length > 1 && typeof issue.input === 'string';
  if (issue.code === 'too_big') return issue.origin === 'array' || issue.origin === 'string';
  return issue.code === 'custom';
}

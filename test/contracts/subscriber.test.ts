import { describe, expect, expectTypeOf, it } from 'vitest';
import { InvalidTagsSuggested, parseTagsSuggested } from '../../functions/contracts/subscriber.ts';
import { tagsSuggestedSample as sample } from '../../functions/contracts/tags-suggested.ts';

const event = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'TagsSuggested',
  source: 'tag-suggestions',
  account: '123456789012',
  time: '2026-04-01T00:00:02Z',
  region: 'ap-northeast-1',
  resources: [],
  detail: sample,
};
const [tag] = sample.data.tags;
const withData = (data: object) => ({ ...sample, data: { ...sample.data, ...data } });
const withMetadata = (metadata: object) => ({ ...sample, metadata: { ...sample.metadata, ...metadata } });

describe('parseTagsSuggested', () => {
  it.each([
    ['the event as EventBridge delivers it', event],
    ['its detail alone', sample],
  ])('reads %s', (_, input) => {
    expect(parseTagsSuggested(input)).toEqual(sample);
  });

  it.each([
    ['a field', { ...withMetadata({ tenant: 'a' }), trace: {} }],
    ['another origin', withMetadata({ origin: 'translation' })],
    ['another signal that is degraded', withData({ degraded: ['history'] })],
    [
      'another place of evidence',
      withData({ tags: [{ ...tag, evidence: [{ where: 'caption', spelling: 'Rust', snippet: 'Rust' }] }] }),
    ],
    ['more evidence', withData({ tags: [{ ...tag, evidence: Array(9).fill(tag!.evidence[0]) }] })],
    [
      'longer snippets',
      withData({ tags: [{ ...tag, evidence: [{ ...tag!.evidence[0], snippet: 'あ'.repeat(999) }] }] }),
    ],
  ])('lets %s through that a later version 1 adds', (_, detail) => {
    expect(parseTagsSuggested(detail)).toEqual(detail);
  });

  it.each([
    ['nothing', undefined, 'event: '],
    ['text', '{}', 'event: '],
    ['no tags', withData({ tags: undefined }), 'data.tags: '],
    ['tags that are no list', withData({ tags: 'aws' }), 'data.tags: '],
    ['a tag without a score', withData({ tags: [{ ...tag, score: undefined }] }), 'data.tags.0.score: '],
    ['a score above 1', withData({ tags: [{ ...tag, score: 61 }] }), 'data.tags.0.score: '],
    ['an origin that is no word', withMetadata({ origin: 1 }), 'metadata.origin: '],
    ['no origin', withMetadata({ origin: undefined }), 'metadata.origin: '],
    ['another version', withMetadata({ version: '2' }), 'metadata.version: '],
    ['an id that is no hash', withMetadata({ id: 'a' }), 'metadata.id: '],
    ['another event', { ...event, 'detail-type': 'ArticlePublished' }, 'detail-type: '],
    ['an event of somebody else', { ...event, source: 'other' }, 'source: '],
  ])('refuses %s and names the field', (_, input, field) => {
    expect(() => parseTagsSuggested(input)).toThrow(InvalidTagsSuggested);
    expect(() => parseTagsSuggested(input)).toThrow(field);
  });

  it('types a list of words so that a subscriber has to reckon with others', () => {
    const { metadata, data } = parseTagsSuggested(event);
    expectTypeOf(metadata.origin).toEqualTypeOf<'publish' | 'rerun' | 'backfill' | (string & {})>();
    expectTypeOf(data.tags[0]!.score).toBeNumber();
  });
});

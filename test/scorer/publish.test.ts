import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, vi } from 'vitest';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { createPublisher } from '../../functions/scorer/publish.ts';

const client = (answer: () => Promise<unknown>) => ({ send: vi.fn(answer) }) as unknown as EventBridgeClient;

describe('publishing', () => {
  it('puts one entry on the bus', async () => {
    const bus = client(async () => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
    await createPublisher('blog', bus)(tagsSuggestedSample);
    expect(vi.mocked(bus.send).mock.calls[0]![0].input).toEqual({
      Entries: [
        {
          EventBusName: 'blog',
          Source: 'tag-suggestions',
          DetailType: 'TagsSuggested',
          Detail: JSON.stringify(tagsSuggestedSample),
        },
      ],
    });
  });

  it.each([
    [
      'the bus refuses the entry',
      async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }),
      'InternalFailure',
    ],
    ['the answer is empty', async () => ({}), 'refused'],
    ['the bus does not answer', () => Promise.reject(new Error('socket hang up')), 'socket hang up'],
  ])('fails by name when %s', async (_, answer, words) => {
    const publish = createPublisher('blog', client(answer));
    await expect(publish(tagsSuggestedSample)).rejects.toMatchObject({
      name: 'PublishFailed',
      message: expect.stringContaining(words),
    });
  });
});

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TAGS_SUGGESTED, type TagsSuggested } from '../contracts/tags-suggested.ts';
import { PublishFailed } from '../shared/errors.ts';

/** Puts one event on the bus. */
export type Publish = (event: TagsSuggested) => Promise<void>;

/**
 * Publishes to an EventBridge bus.
 *
 * @throws PublishFailed when the bus does not answer or refuses the entry
 */
export function createPublisher(
  eventBusName: string,
  client: Pick<EventBridgeClient, 'send'> = new EventBridgeClient({ maxAttempts: 2 }),
): Publish {
  return async (event) => {
    const entry = {
      EventBusName: eventBusName,
      Source: TAGS_SUGGESTED.source,
      DetailType: TAGS_SUGGESTED.detailType,
      Detail: JSON.stringify(event),
    };
    const { Entries } = await client
      .send(new PutEventsCommand({ Entries: [entry] }))
      .catch((cause: Error) => {
        throw new PublishFailed(`${eventBusName} did not take the event: ${cause.name}: ${cause.message}`, {
          cause,
        });
      });
    const [result] = Entries ?? [];
    if (!result?.EventId) {
      throw new PublishFailed(
        `${eventBusName} refused the event: ${result?.ErrorCode}: ${result?.ErrorMessage}`,
      );
    }
  };
}

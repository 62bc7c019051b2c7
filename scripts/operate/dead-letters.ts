import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** An event for which EventBridge could not start an execution or call a function, or with which a function failed. */
export interface DeadLetter {
  messageId: string;
  receiptHandle: string;
  /** The event as the rule matched it: the input that the execution or the function should have had. */
  body: string;
  /** undefined when the message is no event. */
  event: DeadEvent | undefined;
  /** What EventBridge or Lambda says of its last attempt: a line. */
  why: string;
  sentAt: Date;
}

const deadEvent = z.object({
  id: z.string(),
  detail: z.object({ data: z.object({ articleId: z.string(), revision: z.number().optional() }) }),
});
type DeadEvent = z.infer<typeof deadEvent>;

/** Messages a receiver holds before they appear again by themselves, seconds: longer than a command takes for ten. */
const HELD = 300;
const BATCH = 10;

/** Takes messages from the queue, ten at a time, each once; they stay in the queue, and out of others' sight. */
export async function* takeMessages(client: SQSClient, QueueUrl: string): AsyncGenerator<DeadLetter[]> {
  const seen = new Set<string>();
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HELD,
        // A poll that waits asks all servers of the queue; one that does not may miss messages.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    const fresh = Messages.filter(({ MessageId }) => !seen.has(MessageId!));
    if (fresh.length === 0) return;
    for (const { MessageId } of fresh) seen.add(MessageId!);
    yield fresh.map(readMessage);
  }
}

/** Gives messages back, so that the next receiver sees them now. */
export async function giveBack(
  client: SQSClient,
  QueueUrl: string,
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const entries of batches(letters)) {
    await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
      }),
    );
  }
}

/**
 * Deletes messages.
 *
 * @returns those that are still in the queue, and why
 */
export async function deleteMessages(
  client: SQSClient,
  QueueUrl: string,
  letters: readonly DeadLetter[],
): Promise<Map<DeadLetter, string>> {
  const kept = new Map<DeadLetter, string>();
  for (const Entries of batches(letters)) {
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    for (const { Id, Code, Message } of Failed) {
      kept.set(letters[Number(Id)]!, `${Code}: ${Message ?? ''}`);
    }
  }
  return kept;
}

/** Requests of ten; the id in each is the index of its message. */
function batches(letters: readonly DeadLetter[]): { Id: string; ReceiptHandle: string }[][] {
  const entries = letters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  return Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, i) =>
    entries.slice(i * BATCH, (i + 1) * BATCH),
  );
}

function readMessage({
  MessageId,
  ReceiptHandle,
  Body = '',
  MessageAttributes = {},
  Attributes,
}: Message): DeadLetter {
  return {
    messageId: MessageId!,
    receiptHandle: ReceiptHandle!,
    body: Body,
    event: readEvent(Body),
    why: reasonOf(MessageAttributes),
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
  };
}

/** EventBridge writes its attributes in capitals, Lambda otherwise. */
function reasonOf(attributes: Record<string, MessageAttributeValue>): string {
  const attribute = (name: string) => attributes[name]?.StringValue?.replaceAll('\n', ' ');
  const request = attribute('RequestID');
  if (request) {
    return `the function failed three times: ${attribute('ErrorMessage') ?? 'Lambda did not say why'} (request ${request} in its log)`;
  }
  const code = attribute('ERROR_CODE') ?? 'unknown';
  const message = attribute('ERROR_MESSAGE') ?? 'EventBridge did not say why';
  const attempts = attribute('RETRY_ATTEMPTS');
  const rule = attribute('RULE_ARN')?.split('/').slice(1).join('/');
  return `${code}: ${message}${attempts ? ` (after ${attempts} retries${rule ? ` by ${rule}` : ''})` : ''}`;
}

function readEvent(body: string): DeadEvent | undefined {
  try {
    return deadEvent.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

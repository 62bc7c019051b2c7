import { createHash } from 'node:crypto';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** An event for which EventBridge could not start an execution. */
export interface DeadLetter {
  messageId: string;
  receiptHandle: string;
  /** The event as the rule matched it: the input that the execution should have had. */
  body: string;
  /** undefined when the message is no event. */
  event: DeadEvent | undefined;
  /** What EventBridge says of its last attempt. */
  why: { code: string; message: string; attempts: string | undefined; rule: string | undefined };
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

/**
 * Starts the execution that EventBridge could not start, with the very event as its input. Not by putting the event on
 * the bus again: that would be another event, with another id, and would reach every other subscriber a second time.
 *
 * The execution's name is made from the event, so that there is one execution for it, however often the message is
 * delivered or this is interrupted.
 */
export async function startExecution(
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
  { body, event }: DeadLetter,
): Promise<string> {
  if (!event)
    throw new Error('the message is no ArticlePublished event; look at it with list, then delete it');
  const name = executionNameOf(event.id, body);
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: body }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  return name;
}

/** Not `rerun-…`: it is the first execution of what was published, and `origin` says so. */
export function executionNameOf(eventId: string, body: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `deadletter-${eventId.replace(/[^\w-]/g, '').slice(0, 40)}-${hash}`;
}

function readMessage({
  MessageId,
  ReceiptHandle,
  Body = '',
  MessageAttributes = {},
  Attributes,
}: Message): DeadLetter {
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  return {
    messageId: MessageId!,
    receiptHandle: ReceiptHandle!,
    body: Body,
    event: readEvent(Body),
    why: {
      code: attribute('ERROR_CODE') ?? 'unknown',
      message: attribute('ERROR_MESSAGE') ?? 'EventBridge did not say why',
      attempts: attribute('RETRY_ATTEMPTS'),
      rule: attribute('RULE_ARN'),
    },
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
  };
}

function readEvent(body: string): DeadEvent | undefined {
  try {
    return deadEvent.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

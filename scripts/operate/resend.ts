import { createHash } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DeadLetter } from './dead-letters.ts';
import { type Installation, type Kind, requireHistory } from './installation.ts';

/** What became of an event; in each case nothing is left to do, and its message can go. */
export type Resent = 'started' | 'recorded' | 'forgotten';

/**
 * A dead-letter queue, and what its events were meant for. Not by putting them on the bus again: that would be other
 * events, with other ids, and would reach every other subscriber a second time.
 */
export interface DeadLetterQueue {
  kind: Kind;
  url: string;
  /** What is said of a message: `article ID`, `tags of article ID`. */
  subject: string;
  /** What {@link resend} answers when all goes well. */
  did: Resent;
  /** What {@link resend} would do with the {@link subject}, such as `start NAME for`. */
  plan(letter: DeadLetter): string;
  /**
   * Does what should have been done with the event, once however often it is asked.
   *
   * @throws Error when it was not done: the message has to stay
   */
  resend(letter: DeadLetter): Promise<Resent>;
}

interface Clients {
  sfn: Pick<SFNClient, 'send'>;
  lambda: Pick<LambdaClient, 'send'>;
}

/**
 * The dead-letter queues of an installation.
 *
 * @param kind one of them alone; where it is not given, all that there are
 * @throws UsageError when there is none of that kind
 */
export function deadLetterQueues(
  installation: Installation,
  clients: Clients,
  kind?: Kind,
): DeadLetterQueue[] {
  const queues: DeadLetterQueue[] = [];
  if (kind !== 'tags') {
    const { deadLetterQueueUrl, stateMachineArn } = installation;
    queues.push({
      kind: 'articles',
      url: deadLetterQueueUrl,
      subject: 'article',
      did: 'started',
      plan: ({ event, body }) => `start ${event ? executionNameOf(event.id, body) : 'nothing'} for`,
      resend: (letter) => startExecution(clients.sfn, stateMachineArn, letter),
    });
  }
  if (kind === 'tags' || (!kind && installation.history)) {
    const { deadLetterQueueUrl, functionName } = requireHistory(installation);
    queues.push({
      kind: 'tags',
      url: deadLetterQueueUrl,
      subject: 'tags of article',
      did: 'recorded',
      plan: ({ event }) => (event ? 'record' : 'record nothing for'),
      resend: (letter) => recordTags(clients.lambda, functionName, letter),
    });
  }
  return queues;
}

/**
 * Starts the execution that EventBridge could not start, with the very event as its input.
 *
 * The execution's name is made from the event, so that there is one execution for it, however often the message is
 * delivered or this is interrupted.
 */
async function startExecution(
  client: Clients['sfn'],
  stateMachineArn: string,
  { body, event }: DeadLetter,
): Promise<Resent> {
  if (!event)
    throw new Error('the message is no ArticlePublished event; look at it with list, then delete it');
  const name = executionNameOf(event.id, body);
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: body }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  return 'started';
}

/** Not `rerun-…`: it is the first execution of what was published, and `origin` says so. */
export function executionNameOf(eventId: string, body: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `deadletter-${eventId.replace(/[^\w-]/g, '').slice(0, 40)}-${hash}`;
}

/**
 * Calls the history function with the very event, and waits for what it says. The latest `taggedAt` of an article holds,
 * so that an event changes nothing the second time, and nothing when a later one was recorded meanwhile.
 */
async function recordTags(
  client: Clients['lambda'],
  FunctionName: string,
  { body, event }: DeadLetter,
): Promise<Resent> {
  if (!event) throw new Error('the message is no ArticleTagged event; look at it with list, then delete it');
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'RequestResponse', Payload: Buffer.from(body) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (FunctionError) throw functionError(answer);
  switch (answer) {
    case 'stored':
    case 'newer kept':
      return 'recorded';
    case 'forgotten':
      return 'forgotten';
    case 'refused':
      throw Object.assign(
        new Error(
          'the event breaks its contract; the line "tags refused" in the log of the history function names each field',
        ),
        { name: 'TagsRefused' },
      );
    default:
      throw new Error(`the history function answered ${JSON.stringify(answer)}, which says nothing of it`);
  }
}

/** What a function threw, as Lambda tells it; its own words when it was stopped. */
function functionError(answer: unknown): Error {
  const { errorType = 'Error', errorMessage = 'Lambda did not say why' } = (answer ?? {}) as {
    errorType?: string;
    errorMessage?: string;
  };
  return Object.assign(new Error(errorMessage), { name: errorType });
}

import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Command as AnyCommand, Command, Option } from 'commander';
import { runCommand } from './command.ts';
import { inWords, PATIENT, reportingRefusals } from './operate/aws.ts';
import { type DeadLetter, deleteMessages, giveBack, takeMessages } from './operate/dead-letters.ts';
import {
  findInstallation,
  KINDS,
  type Kind,
  type StackOptions,
  withStackOption,
} from './operate/installation.ts';
import { type DeadLetterQueue, deadLetterQueues, type Resent } from './operate/resend.ts';
import { createProgress } from './progress.ts';

interface Options extends StackOptions {
  of?: Kind;
  article?: string;
  dryRun?: boolean;
}

const EXIT_CODES = `
Exit code: 0 all done, 1 some messages could not be started, recorded or deleted (each is named), 2 wrong input, or AWS cannot be asked.`;

const command = new Command('npm run deadletters --')
  .description(
    'Look at the events that wait in the two dead-letter queues, and do what should have been done with them: published articles for which no execution could be started, and tags that authors kept and that could not be recorded.',
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run deadletters -- list                        what is there, and why
  npm run deadletters -- list --of tags              what authors kept alone
  npm run deadletters -- resend --dry-run            what would be started and recorded
  npm run deadletters -- resend --article my-first   one article alone
  npm run deadletters -- resend                      all, once the reason is gone
${EXIT_CODES}`,
  );

withSelection(command.command('list'))
  .description(
    'Print what is in the dead-letter queues and why, by article and never by author; changes nothing.',
  )
  .addHelpText(
    'after',
    '\nExit code: 0 looked at, however many there are; 2 wrong input, or AWS cannot be asked.',
  )
  .action(reportingRefusals(list));
withSelection(command.command('resend'))
  .description(
    'Start an execution for each article and call the history function for saved tags, with the very event as the input: nobody else on the bus sees it again. Delete the messages for which that was done. Interrupted, start it again: an event has one execution, and is recorded once, however often it is resent.',
  )
  .option('--dry-run', 'tell what would be done; start, record and delete nothing')
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(resend));

function withSelection(subcommand: AnyCommand): AnyCommand {
  return withStackOption(subcommand)
    .addOption(
      new Option(
        '--of <what>',
        'one queue alone: of published articles, or of the tags that authors kept (default: both)',
      ).choices(KINDS),
    )
    .option('--article <id>', 'only this article');
}

async function list(options: Options): Promise<void> {
  const { sqs, queues } = await open(options);
  const found: { queue: DeadLetterQueue; letter: DeadLetter }[] = [];
  for (const queue of queues) {
    const letters = await takeAll(sqs, queue, options, async (batch) => batch);
    found.push(...letters.map((letter) => ({ queue, letter })));
  }
  found.sort((a, b) => a.letter.sentAt.getTime() - b.letter.sentAt.getTime());
  for (const { queue, letter } of found) console.log(`${titleOf(queue, letter)}\n  ${letter.why}`);
  const counts = queues.map(
    ({ kind }) => `${found.filter(({ queue }) => queue.kind === kind).length} of ${kind}`,
  );
  console.log(found.length === 0 ? 'no dead letters' : `${found.length} dead letters: ${counts.join(', ')}`);
}

async function resend(options: Options): Promise<void> {
  const { sqs, queues } = await open(options);
  const failures: string[] = [];
  const done = new Map<Resent, number>(queues.map(({ did }) => [did, 0]));
  for (const queue of queues) {
    await takeAll(sqs, queue, options, async (letters) => {
      if (options.dryRun) {
        for (const letter of letters) {
          console.log(`would ${queue.plan(letter)} ${titleOf(queue, letter)}`);
        }
        return letters;
      }
      const outcomes = await Promise.allSettled(letters.map((letter) => queue.resend(letter)));
      const accepted = letters.filter((_, index) => outcomes[index]!.status === 'fulfilled');
      outcomes.forEach((outcome, index) => {
        if (outcome.status === 'fulfilled') {
          done.set(outcome.value, (done.get(outcome.value) ?? 0) + 1);
        } else failures.push(`${titleOf(queue, letters[index]!)}\n  ${inWords(outcome.reason)}`);
      });
      // Only now: what is deleted has an execution that remembers its event, or is recorded.
      const kept = await deleteMessages(sqs, queue.url, accepted);
      for (const [letter, why] of kept) {
        failures.push(
          `${titleOf(queue, letter)}\n  was ${queue.did}, but not deleted (${why}); resend again deletes it`,
        );
      }
      return letters.filter((letter) => kept.has(letter) || !accepted.includes(letter));
    });
  }
  if (options.dryRun) return;
  for (const failure of failures) console.log(`✘ ${failure}`);
  const counts = [...done].map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`${counts.join(', ')}, ${failures.length} failed and still in the queue`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Works through a queue; messages that the work returns, and other articles', are given back at the end. */
async function takeAll(
  sqs: SQSClient,
  { url, kind }: DeadLetterQueue,
  { article }: Options,
  work: (letters: DeadLetter[]) => Promise<DeadLetter[]>,
): Promise<DeadLetter[]> {
  const held: DeadLetter[] = [];
  const returned: DeadLetter[] = [];
  const progress = createProgress(`dead letters of ${kind}`, await countMessages(sqs, url));
  try {
    for await (const letters of takeMessages(sqs, url)) {
      const wanted = letters.filter(({ event }) => !article || event?.detail.data.articleId === article);
      held.push(...letters.filter((letter) => !wanted.includes(letter)));
      const back = await work(wanted);
      held.push(...back);
      returned.push(...back);
      for (const _ of letters) progress.tick();
    }
  } finally {
    progress.end();
    // What cannot be given back appears by itself, some minutes later.
    await giveBack(sqs, url, held).catch(() => {});
  }
  return returned;
}

async function open(options: Options) {
  const installation = await findInstallation(options);
  const clients = { sfn: new SFNClient(PATIENT), lambda: new LambdaClient(PATIENT) };
  // The region's endpoint, not the host in the queue's URL: the two differ where the endpoint is one's own.
  const sqs = new SQSClient({ ...PATIENT, useQueueUrlAsEndpoint: false });
  return { sqs, queues: deadLetterQueues(installation, clients, options.of) };
}

async function countMessages(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

function titleOf({ kind, subject }: DeadLetterQueue, { event, messageId, sentAt }: DeadLetter): string {
  const since = `since ${sentAt.toISOString()}`;
  if (!event) return `message ${messageId} of ${kind}, which is no event, ${since}`;
  const { articleId, revision } = event.detail.data;
  const ofRevision = kind === 'articles' ? `, revision ${revision ?? '?'}` : '';
  return `${subject} ${articleId}${ofRevision}, event ${event.id}, ${since}`;
}

await runCommand(command);

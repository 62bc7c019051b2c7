import { SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { runCommand } from './command.ts';
import { inWords, PATIENT, reportingRefusals } from './operate/aws.ts';
import {
  type DeadLetter,
  deleteMessages,
  executionNameOf,
  giveBack,
  startExecution,
  takeMessages,
} from './operate/dead-letters.ts';
import { findInstallation, type StackOptions, withStackOption } from './operate/installation.ts';
import { createProgress } from './progress.ts';

interface Options extends StackOptions {
  article?: string;
  dryRun?: boolean;
}

const EXIT_CODES = `
Exit code: 0 all done, 1 some messages could not be started or deleted (each is named), 2 wrong input, or AWS cannot be asked.`;

const command = new Command('npm run deadletters --')
  .description('Look at the published articles for which no execution could be started, and start them.')
  .addHelpText(
    'after',
    `
Examples:
  npm run deadletters -- list                        what is there, and why
  npm run deadletters -- resend --dry-run            what would be started
  npm run deadletters -- resend --article my-first   one article alone
  npm run deadletters -- resend                      all, once the reason is gone
${EXIT_CODES}`,
  );

withStackOption(command.command('list'))
  .description('Print what is in the dead-letter queue and why; changes nothing.')
  .option('--article <id>', 'only this article')
  .addHelpText(
    'after',
    '\nExit code: 0 looked at, however many there are; 2 wrong input, or AWS cannot be asked.',
  )
  .action(reportingRefusals(list));
withStackOption(command.command('resend'))
  .description(
    'Start an execution for each message, with its event as the input, and delete the messages whose executions were started. Interrupted, start it again: an event has one execution, however often it is resent.',
  )
  .option('--article <id>', 'only this article')
  .option('--dry-run', 'tell what would be started, and start and delete nothing')
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(resend));

async function list(options: Options): Promise<void> {
  const { sqs, QueueUrl } = await open(options);
  const letters = await takeAll(sqs, QueueUrl, options, async (batch) => batch);
  letters.sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  for (const letter of letters) console.log(`${titleOf(letter)}\n${reasonOf(letter)}`);
  console.log(letters.length === 0 ? 'no dead letters' : `${letters.length} dead letters`);
}

async function resend(options: Options): Promise<void> {
  const { sqs, QueueUrl, stateMachineArn } = await open(options);
  const sfn = new SFNClient(PATIENT);
  const failures: string[] = [];
  let started = 0;
  await takeAll(sqs, QueueUrl, options, async (letters) => {
    if (options.dryRun) {
      for (const letter of letters) console.log(`would start ${nameOf(letter)} for ${titleOf(letter)}`);
      return letters;
    }
    const outcomes = await Promise.allSettled(
      letters.map((letter) => startExecution(sfn, stateMachineArn, letter)),
    );
    const accepted = letters.filter((_, index) => outcomes[index]!.status === 'fulfilled');
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'rejected')
        failures.push(`${titleOf(letters[index]!)}\n  ${inWords(outcome.reason)}`);
    });
    // Only now: what is deleted has an execution that remembers its event.
    const kept = await deleteMessages(sqs, QueueUrl, accepted);
    for (const [letter, why] of kept) {
      failures.push(`${titleOf(letter)}\n  was started, but not deleted (${why}); resend again deletes it`);
    }
    started += accepted.length;
    return letters.filter((letter) => kept.has(letter) || !accepted.includes(letter));
  });
  if (options.dryRun) return;
  for (const failure of failures) console.log(`✘ ${failure}`);
  console.log(`${started} started, ${failures.length} failed and still in the queue`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Works through the queue; messages that the work returns, and other articles', are given back at the end. */
async function takeAll(
  sqs: SQSClient,
  QueueUrl: string,
  { article }: Options,
  work: (letters: DeadLetter[]) => Promise<DeadLetter[]>,
): Promise<DeadLetter[]> {
  const held: DeadLetter[] = [];
  const returned: DeadLetter[] = [];
  const progress = createProgress('dead letters', await countMessages(sqs, QueueUrl));
  try {
    for await (const letters of takeMessages(sqs, QueueUrl)) {
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
    await giveBack(sqs, QueueUrl, held).catch(() => {});
  }
  return returned;
}

async function open(options: Options) {
  const { deadLetterQueueUrl, stateMachineArn } = await findInstallation(options);
  // The region's endpoint, not the host in the queue's URL: the two differ where the endpoint is one's own.
  const sqs = new SQSClient({ ...PATIENT, useQueueUrlAsEndpoint: false });
  return { sqs, QueueUrl: deadLetterQueueUrl, stateMachineArn };
}

async function countMessages(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

function titleOf({ event, messageId, sentAt }: DeadLetter): string {
  if (!event) return `message ${messageId}, which is no event, since ${sentAt.toISOString()}`;
  const { articleId, revision = '?' } = event.detail.data;
  return `article ${articleId}, revision ${revision}, event ${event.id}, since ${sentAt.toISOString()}`;
}

function reasonOf({ why: { code, message, attempts, rule } }: DeadLetter): string {
  const of = rule ? ` by ${rule.split('/').slice(1).join('/')}` : '';
  return `  ${code}: ${message}${attempts ? ` (after ${attempts} retries${of})` : ''}`;
}

function nameOf({ event, body }: DeadLetter): string {
  return event ? executionNameOf(event.id, body) : 'nothing';
}

await runCommand(command);

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Command } from 'commander';
import { tagsSuggested } from '../functions/contracts/tags-suggested.ts';
import { InvalidArticle } from '../functions/shared/errors.ts';
import { readArticleFile } from '../infra/local/article-file.ts';
import { printSuggestions } from '../infra/local/report.ts';
import { runCommand, UsageError } from './command.ts';

const SAMPLE = join(import.meta.dirname, '../test/articles/step-functions-retry.md');
const PATIENCE_MS = 120_000;

interface Options {
  bus: string;
  stateMachine?: string;
  source: string;
}

const command = new Command('npm run publish:article --')
  .description('Publish an article on a deployed bus and print the tags that are suggested for it.')
  .argument('[file]', 'as for npm start; without it, an article of our own')
  .requiredOption('--bus <name>', 'the output EventBusName of the stack')
  .option('--state-machine <arn>', 'the output StateMachineArn; without it, suggestions are not waited for')
  .option('--source <source>', 'source of the event', 'tag-suggestions.publish-article')
  .action(publish);

async function publish(file = SAMPLE, { bus, stateMachine, source }: Options): Promise<void> {
  const event = await readArticleFile(file).catch((error) => {
    throw error instanceof InvalidArticle ? new UsageError(error.message) : error;
  });
  try {
    const { Entries } = await new EventBridgeClient().send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: source,
            DetailType: event['detail-type'],
            Detail: JSON.stringify(event.detail),
          },
        ],
      }),
    );
    const { EventId, ErrorCode, ErrorMessage } = Entries![0]!;
    if (!EventId) throw new UsageError(`${bus} refused the event: ${ErrorCode}: ${ErrorMessage}`);
    console.error(`published as event ${EventId}`);
    if (stateMachine) await waitForSuggestions(stateMachine, EventId);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { name, message } = error as Error;
    throw new UsageError(`AWS did not take the request: ${name}: ${message}`);
  }
}

/** EventBridge names an execution after the event that started it. */
async function waitForSuggestions(stateMachineArn: string, eventId: string): Promise<void> {
  const client = new SFNClient();
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const executionArn = await findExecution(client, stateMachineArn, eventId);
    const execution = executionArn && (await client.send(new DescribeExecutionCommand({ executionArn })));
    if (execution && execution.status === 'SUCCEEDED') {
      printSuggestions(tagsSuggested.parse(JSON.parse(execution.output!)));
      return;
    }
    if (execution && execution.status !== 'RUNNING') {
      console.error(`${execution.status}: ${execution.error}: ${execution.cause}\n${executionArn}`);
      process.exitCode = 1;
      return;
    }
    await sleep(1000);
  }
  console.error(
    'no execution ended within two minutes; the dashboard shows whether the event came and what broke',
  );
  process.exitCode = 1;
}

async function findExecution(client: SFNClient, stateMachineArn: string, eventId: string) {
  // The newest come first: it is on the first page, or not there yet.
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.find(({ name }) => name?.startsWith(eventId))?.executionArn;
}

await runCommand(command);

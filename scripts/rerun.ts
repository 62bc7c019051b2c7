import { SFNClient } from '@aws-sdk/client-sfn';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runCommand, UsageError } from './command.ts';
import { inWords, PATIENT, reportingRefusals, requireAws } from './operate/aws.ts';
import { findInstallation, type StackOptions, withStackOption } from './operate/installation.ts';
import { mapConcurrently } from './operate/pool.ts';
import { createRerunner, errorOf, findFailed, type Rerun } from './operate/rerun.ts';
import { parseTime } from './operate/since.ts';
import { createProgress } from './progress.ts';

interface Options extends StackOptions {
  execution?: string[];
  failed?: boolean;
  since: Date;
  error?: string[];
  new?: boolean;
  dryRun?: boolean;
  concurrency: number;
}

const EXECUTION = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

const command = withStackOption(new Command('npm run rerun --'))
  .description(
    'Run executions of suggest-tags once more. What failed in the last 14 days is redriven: it goes on at the state that failed. Anything else is started as a new execution with the recorded input.',
  )
  .addOption(
    new Option('--execution <arn...>', 'these executions, whatever became of them')
      .argParser(collectArn)
      .conflicts(['failed', 'error']),
  )
  .option('--failed', 'those that failed or timed out; what a person aborted is left alone')
  .addOption(
    new Option('--since <time>', 'only what ended since then: 90m, 24h, 7d or a moment')
      // Alone: commander would pass its default as the second argument.
      .argParser((value) => parseTime(value))
      .default(parseTime('24h'), '24h'),
  )
  .option('--error <name...>', 'only what failed with these errors, such as FitMismatch')
  .option(
    '--new',
    'new executions throughout: with what is deployed now, where a redrive keeps what ran then',
  )
  .option('--dry-run', 'tell what would be done, and do nothing')
  .option('--concurrency <number>', 'executions at a time', parseConcurrency, 4)
  .addHelpText(
    'after',
    `
Examples:
  npm run rerun -- --failed --since 2h --dry-run     look first
  npm run rerun -- --failed --since 2h               OpenSearch, the bus or the quota is back
  npm run rerun -- --failed --since 2h --new         a mended deployment is out; a redrive would run the broken one
  npm run rerun -- --execution ARN ARN               a degraded suggestion, to be made anew

The command does not wait for the executions to end. Interrupted, start it again: what runs or ran already is told
by its state or its name, and left alone. Events of these executions carry origin: rerun.

Exit code: 0 all done, 1 some executions could not be run (each is named), 2 wrong input, or AWS cannot be asked.`,
  )
  .action(reportingRefusals(run));

async function run(options: Options): Promise<void> {
  if (!options.execution && !options.failed) throw new UsageError('say which: --execution ARN or --failed');
  const client = new SFNClient(PATIENT);
  await requireAws(client.config);
  const arns = options.execution ?? (await failedOnes(client, options));
  if (arns.length === 0) {
    console.log(`nothing failed since ${options.since.toISOString()}`);
    return;
  }
  const rerun = createRerunner(client, {
    dryRun: options.dryRun ?? false,
    anew: options.new ?? false,
    onlyFailed: options.failed ?? false,
  });
  const progress = createProgress('executions', arns.length);
  const results = await mapConcurrently(arns, options.concurrency, async (arn) => {
    // One that cannot be run must not keep the others from it.
    const result = await rerun(arn).catch((error: Error) => error);
    progress.tick();
    return { arn, result };
  });
  progress.end();
  for (const { arn, result } of results) console.log(describe(arn, result, options));
  summarise(
    results.map(({ result }) => result),
    options,
  );
}

async function failedOnes(client: SFNClient, options: Options): Promise<string[]> {
  const { stateMachineArn } = await findInstallation(options);
  const failed = await findFailed(client, stateMachineArn, options.since);
  if (!options.error) return failed;
  const errors = await mapConcurrently(failed, options.concurrency, (arn) => errorOf(client, arn));
  return failed.filter((_, index) => options.error!.includes(errors[index]!));
}

const WORDS = { redriven: 'redriven', started: 'started anew', nothing: 'left alone' } as const;

function describe(arn: string, result: Rerun | Error, { dryRun }: Options): string {
  if (result instanceof Error) return `✘ ${arn}\n  ${inWords(result)}`;
  const { did, executionArn, because } = result;
  const what = dryRun && did !== 'nothing' ? `would be ${WORDS[did]}` : WORDS[did];
  const lines = [`${did === 'nothing' ? '–' : '✔'} ${arn}`, `  ${what}${because ? `: ${because}` : ''}`];
  if (executionArn !== arn) lines.push(`  ${executionArn}`);
  return lines.join('\n');
}

function summarise(results: readonly (Rerun | Error)[], { dryRun }: Options): void {
  const count = (did: Rerun['did']) => results.filter((r) => !(r instanceof Error) && r.did === did).length;
  const failures = results.filter((result) => result instanceof Error).length;
  console.log(
    `${dryRun ? 'nothing was done; would be: ' : ''}${count('redriven')} redriven, ${count('started')} started anew, ${count('nothing')} left alone, ${failures} failed`,
  );
  if (failures > 0) process.exitCode = 1;
}

function collectArn(value: string, earlier: string[] = []): string[] {
  if (!EXECUTION.test(value)) {
    throw new InvalidArgumentError('must be the ARN of an execution, arn:aws:states:…:execution:…:….');
  }
  return [...new Set([...earlier, value])];
}

function parseConcurrency(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 50) {
    throw new InvalidArgumentError('must be a whole number from 1 to 50.');
  }
  return number;
}

await runCommand(command);

import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Command, InvalidArgumentError } from 'commander';
import { type Archive, parseArchive, readArchive, readFile, requireObjects } from './backfill/archive.ts';
import { checkLines } from './backfill/check.ts';
import { defaultConcurrency, estimate } from './backfill/estimate.ts';
import { follow, type Look } from './backfill/follow.ts';
import { readResults, resultsFolder } from './backfill/results.ts';
import { type BackfillInput, startOrAttach } from './backfill/run.ts';
import { runCommand, UsageError } from './command.ts';
import { PATIENT, reportingRefusals, requireAws } from './operate/aws.ts';
import { findInstallation, type StackOptions, withStackOption } from './operate/installation.ts';
import { createFollowedProgress } from './progress.ts';

interface Options extends StackOptions {
  dryRun?: boolean;
  concurrency?: number;
  tolerate?: number;
  edition?: string;
  seconds: number;
  interval: number;
}

const command = withStackOption(new Command('npm run backfill --'))
  .description(
    'Suggest tags for an archive of articles in S3, and follow it to its end. Articles that a backfill has done before, with the same model, catalogue and fit, are not done again.',
  )
  .argument(
    '<archive>',
    's3://BUCKET/PREFIX: every object whose key begins so holds JSON Lines, each line the detail of an ArticlePublished event; with --dry-run a file on this machine, too',
  )
  .option('--dry-run', 'check every line, count articles, estimate time and cost; start nothing')
  .option('--concurrency <articles>', `so many at once (${defaultConcurrency()})`, wholeNumber(1, 1000))
  .option('--tolerate <percent>', 'go on while no more than this share fails (10)', wholeNumber(0, 100))
  .option('--edition <word>', 'another word than last time does every article again, done or not')
  .option('--seconds <seconds>', 'seconds an article takes, for the estimate', positive, 3)
  .option('--interval <seconds>', 'seconds between two looks at a running backfill', positive, 5)
  .addHelpText(
    'after',
    `
Examples:
  npm run backfill -- articles.jsonl --dry-run             is every line good? What will it cost?
  aws s3 cp articles.jsonl s3://BUCKET/blog/articles.jsonl BUCKET is the stack's output BackfillBucketName
  npm run backfill -- s3://BUCKET/blog/                    start it, or follow it when it is running

Ctrl-C stops following; the backfill goes on. The same command follows it again. Once it has ended, the same command
does what is left: what failed is tried once more, what was done is not.

Exit code: 0 every article has suggestions; 1 some have none (each is named), or the backfill failed or was stopped;
2 wrong input, bad lines in a dry run, or AWS cannot be asked; 130 Ctrl-C.`,
  )
  .action(reportingRefusals(backfill));

async function backfill(location: string, options: Options): Promise<void> {
  const archive = parseArchive(location);
  if (options.dryRun) return dryRun(location, archive, options);
  if (!archive) {
    throw new UsageError(`${location}: a backfill reads from S3: aws s3 cp ${location} s3://BUCKET/PREFIX`);
  }
  const installation = await findInstallation(options);
  const stateMachineArn = installation.find('AWS::StepFunctions::StateMachine', 'BackfillMachine');
  const bucket = installation.find('AWS::S3::Bucket', 'BackfillBucket');
  const s3 = new S3Client(PATIENT);
  const stepFunctions = new SFNClient(PATIENT);
  await requireObjects(s3, archive);

  const run = await startOrAttach(stepFunctions, stateMachineArn, inputOf(archive, options));
  console.error(
    run.attached
      ? `${run.name} is running already; following it, with the options it was started with`
      : `started ${run.name}`,
  );
  console.error(run.executionArn);
  const end = await showProgress(stepFunctions, run.executionArn, options);
  await report(s3, bucket, end);
}

function inputOf(archive: Archive, { edition, concurrency, tolerate }: Options): BackfillInput {
  return {
    ...archive,
    ...(edition !== undefined && { edition }),
    ...(concurrency !== undefined && { concurrency }),
    ...(tolerate !== undefined && { toleratedFailurePercentage: tolerate }),
  };
}

async function dryRun(location: string, archive: Archive | undefined, options: Options): Promise<void> {
  const s3 = new S3Client(PATIENT);
  if (archive) {
    await requireAws(s3.config);
    await requireObjects(s3, archive);
  }
  const lines = archive ? readArchive(s3, archive) : readFile(location);
  const { articles, repeated, bad } = await checkLines(lines, (problem) => console.error(problem));
  const concurrency = options.concurrency ?? defaultConcurrency();
  const { transitionsAnArticle, seconds, usd } = estimate(articles, {
    concurrency,
    secondsAnArticle: options.seconds,
  });
  console.log(`${articles} articles, ${repeated} repeated, ${bad} bad lines`);
  console.log(
    `about ${duration(seconds)}: ${concurrency} at once, ${options.seconds} s each (--concurrency, --seconds)`,
  );
  console.log(
    `about ${usd.toFixed(2)} USD: ${transitionsAnArticle} state transitions an article, and what suggest-tags takes beside them; approximate list prices of Tokyo, see infra/README.md`,
  );
  if (bad > 0 || articles === 0) process.exitCode = 2;
}

async function showProgress(client: SFNClient, executionArn: string, options: Options): Promise<Look> {
  const progress = createFollowedProgress('articles');
  const interrupted = () => {
    progress.end();
    console.error('no longer following; the backfill goes on, and the same command follows it again');
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    return await follow(client, executionArn, {
      interval: options.interval * 1000,
      onLook: ({ counts }) => {
        if (!counts) return;
        const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = counts;
        const without = failed + timedOut + aborted;
        progress.show(succeeded + without, total, without > 0 ? ` (${without} failed)` : '');
      },
    });
  } finally {
    process.removeListener('SIGINT', interrupted);
    progress.end();
  }
}

async function report(
  s3: S3Client,
  bucket: string,
  { status, failure, counts, mapRunArn }: Look,
): Promise<void> {
  const results = mapRunArn && (await readResults(s3, bucket, mapRunArn));
  const { total = 0, succeeded = 0 } = counts ?? {};
  if (results) {
    for (const { article, error, cause } of results.failures) console.error(`${article}: ${error}: ${cause}`);
    const { suggested, suggestedBefore, failures } = results;
    const untried = total - suggested - suggestedBefore - failures.length;
    console.log(
      `${total} articles: ${suggested} suggested, ${suggestedBefore} suggested before, ${failures.length} failed${untried > 0 ? `, ${untried} not tried` : ''}`,
    );
    console.log(`results: s3://${bucket}/${resultsFolder(mapRunArn)}`);
  } else {
    console.log(`${total} articles: ${succeeded} succeeded; no results were written`);
  }
  if (status !== 'SUCCEEDED')
    console.error(`the backfill ended as ${status}${failure ? `: ${failure}` : ''}`);
  if (status !== 'SUCCEEDED' || succeeded < total) process.exitCode = 1;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function wholeNumber(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
  };
}

function positive(value: string): number {
  const number = Number(value);
  if (number > 0) return number;
  throw new InvalidArgumentError('must be a number above 0.');
}

await runCommand(command);

import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { Command, Option } from 'commander';
import { runCommand, UsageError } from './command.ts';
import { PATIENT, reportingRefusals } from './operate/aws.ts';
import {
  findInstallation,
  type Installation,
  type StackOptions,
  withStackOption,
} from './operate/installation.ts';
import { ARCHIVE_DELAY_MS, followReplay, pauseRule, resumeRule, startReplay } from './operate/rule.ts';
import { parseTime } from './operate/since.ts';
import { createProgress } from './progress.ts';

const EXIT_CODES = `
Exit code: 0 done, or it was so already; 2 wrong input, or AWS cannot be asked.`;

const command = new Command('npm run').description('Pause the rule that starts executions, and resume it.');

withStackOption(command.command('pause'))
  .usage('-- [options]')
  .description(
    'Stop starting executions for published articles. What runs goes on. Articles published meanwhile start nothing, neither now nor by themselves later; the archive of the bus keeps them, and a replay makes up for them.',
  )
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(pause));
withStackOption(command.command('resume'))
  .usage('-- [options]')
  .description(
    'Start executions for published articles again, from now on; prints the replay that makes up for the pause.',
  )
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(resume));
withStackOption(command.command('replay'))
  .usage('-- [options]')
  .description(
    'Give the rule, and no other one, the articles that were published in a time. What ran already runs again, and says the same under the same id.',
  )
  .addOption(timeOption('--from <time>', 'begin of that time'))
  .addOption(
    timeOption('--to <time>', 'its end, at least ten minutes ago: so long an event may take to the archive'),
  )
  .addHelpText(
    'after',
    `
Example:
  npm run replay -- --from 2026-04-01T00:00:00Z --to 2026-04-01T06:00:00Z

Interrupted, start it again with the same times: it is the same replay, and goes on being watched.

Exit code: 0 all replayed, 1 the replay failed, 2 wrong input, or AWS cannot be asked.`,
  )
  .action(reportingRefusals(replay));

function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value) => parseTime(value)).makeOptionMandatory();
}

async function pause(options: StackOptions): Promise<void> {
  const { rule } = await findInstallation(options);
  const { wasEnabled, pausedAt } = await pauseRule(new EventBridgeClient(PATIENT), rule);
  const since = pausedAt?.toISOString();
  if (!wasEnabled) {
    console.log(
      `rule ${rule.Name} is disabled already${since ? `, since ${since}` : ''}; nothing was changed`,
    );
    return;
  }
  console.log(
    `rule ${rule.Name} is paused since ${since}
events already on their way may still start an execution within a minute
npm run resume goes on; what is published until then has to be replayed from the archive`,
  );
}

async function resume(options: StackOptions): Promise<void> {
  const installation = await findInstallation(options);
  const { rule } = installation;
  const { wasEnabled, pausedAt } = await resumeRule(new EventBridgeClient(PATIENT), rule);
  if (wasEnabled) {
    console.log(`rule ${rule.Name} is enabled already; nothing was changed`);
    return;
  }
  // A minute more: a rule needs a moment to be enabled.
  const to = new Date(Date.now() + 60_000);
  const possible = new Date(to.getTime() + ARCHIVE_DELAY_MS);
  console.log(
    `rule ${rule.Name} is enabled
what was published meanwhile is in the archive; from ${possible.toISOString()} on, when all of it has arrived there:
npm run replay -- ${stackOption(installation)}--from ${pausedAt?.toISOString() ?? 'WHEN_IT_WAS_DISABLED'} --to ${to.toISOString()}`,
  );
}

async function replay({ from, to, ...options }: StackOptions & { from: Date; to: Date }): Promise<void> {
  if (from >= to) throw new UsageError('--from must be before --to');
  const possible = new Date(to.getTime() + ARCHIVE_DELAY_MS);
  if (possible > new Date()) {
    throw new UsageError(
      `the archive may lack events of the last ten minutes: run this after ${possible.toISOString()}`,
    );
  }
  const { rule, ...installation } = await replaySource(options);
  const client = new EventBridgeClient(PATIENT);
  const name = await startReplay(client, { rule, archiveArn: installation.archiveArn, from, to });
  const minutes = (until: Date) => Math.ceil((until.getTime() - from.getTime()) / 60_000);
  const progress = createProgress('minutes of the archive', minutes(to));
  let shown = 0;
  const { State, StateReason } = await followReplay(client, name, ({ EventLastReplayedTime }) => {
    for (; EventLastReplayedTime && shown < minutes(EventLastReplayedTime); shown += 1) progress.tick();
  });
  progress.end();
  console.log(`replay ${name}: ${State}${StateReason ? `, ${StateReason}` : ''}`);
  if (State !== 'COMPLETED') process.exitCode = 1;
}

async function replaySource(options: StackOptions) {
  const installation = await findInstallation(options);
  const archiveArn = installation.output('ArchiveArn');
  if (!archiveArn) {
    throw new UsageError(
      `stack ${options.stack} has no output ArchiveArn; use aws events start-replay as infra/RUNBOOK.md says`,
    );
  }
  return { rule: installation.rule, archiveArn };
}

function stackOption({ stackName }: Installation): string {
  return stackName === 'TagSuggestions' ? '' : `--stack ${stackName} `;
}

await runCommand(command);

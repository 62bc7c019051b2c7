import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Command as AnyCommand, Command, Option } from 'commander';
import { runCommand, UsageError } from './command.ts';
import { PATIENT, reportingRefusals } from './operate/aws.ts';
import {
  findInstallation,
  type Installation,
  KINDS,
  type Kind,
  requireHistory,
  type StackOptions,
  withStackOption,
} from './operate/installation.ts';
import {
  ARCHIVE_DELAY_MS,
  followReplay,
  pauseRule,
  type RuleName,
  resumeRule,
  startReplay,
} from './operate/rule.ts';
import { parseTime } from './operate/since.ts';
import { createProgress } from './progress.ts';

interface Options extends StackOptions {
  of: Kind;
}

/** What is said of each rule. */
const WORDS = {
  articles: {
    happening: 'what is published',
    onTheirWay: 'may still start an execution',
    other: 'tags that authors save go on being recorded; npm run pause -- --of tags stops that, too',
  },
  tags: {
    happening: 'what authors save',
    onTheirWay: 'may still be recorded',
    other: 'published articles go on starting executions; npm run pause stops that, too',
  },
} as const satisfies Record<Kind, object>;

const EXIT_CODES = `
Exit code: 0 done, or it was so already; 2 wrong input, or AWS cannot be asked.`;

const command = new Command('npm run').description(
  'Pause the rule that starts executions, or the one that records which tags authors keep, and resume it.',
);

withRule(command.command('pause'))
  .usage('-- [options]')
  .description(
    'Stop starting executions for published articles. What runs goes on. Articles published meanwhile start nothing, neither now nor by themselves later; the archive of the bus keeps them, and a replay makes up for them. Tags that authors save (ArticleTagged) have a rule of their own, which goes on recording: --of tags pauses that one, and not this.',
  )
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(pause));
withRule(command.command('resume'))
  .usage('-- [options]')
  .description(
    'Start executions for published articles again, from now on, or with --of tags record again what authors save; prints the replay that makes up for the pause.',
  )
  .addHelpText('after', EXIT_CODES)
  .action(reportingRefusals(resume));
withRule(command.command('replay'))
  .usage('-- [options]')
  .description(
    'Give one rule, and no other one, the events of a time. Articles: what ran already runs again, and says the same under the same id. Tags: what is recorded already stays as it is, as the latest taggedAt of an article holds.',
  )
  .addOption(timeOption('--from <time>', 'begin of that time'))
  .addOption(
    timeOption('--to <time>', 'its end, at least ten minutes ago: so long an event may take to the archive'),
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run replay -- --from 2026-04-01T00:00:00Z --to 2026-04-01T06:00:00Z
  npm run replay -- --of tags --from 2026-04-01T00:00:00Z --to 2026-04-01T06:00:00Z

Interrupted, start it again with the same times: it is the same replay, and goes on being watched.

Exit code: 0 all replayed, 1 the replay failed, 2 wrong input, or AWS cannot be asked.`,
  )
  .action(reportingRefusals(replay));

function withRule(subcommand: AnyCommand): AnyCommand {
  return withStackOption(subcommand).addOption(
    new Option(
      '--of <what>',
      'which rule: the one for published articles, or the one for the tags that authors keep',
    )
      .choices(KINDS)
      .default('articles'),
  );
}

function ruleOf(installation: Installation, kind: Kind): RuleName {
  return kind === 'articles' ? installation.rule : requireHistory(installation).rule;
}

function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value) => parseTime(value)).makeOptionMandatory();
}

async function pause(options: Options): Promise<void> {
  const installation = await findInstallation(options);
  const rule = ruleOf(installation, options.of);
  const { wasEnabled, pausedAt } = await pauseRule(new EventBridgeClient(PATIENT), rule);
  const since = pausedAt?.toISOString();
  if (!wasEnabled) {
    console.log(
      `rule ${rule.Name} is disabled already${since ? `, since ${since}` : ''}; nothing was changed`,
    );
    return;
  }
  const { happening, onTheirWay, other } = WORDS[options.of];
  const rest = installation.history ? `\n${other}` : '';
  const resumption = options.of === 'articles' ? 'npm run resume' : 'npm run resume -- --of tags';
  console.log(
    `rule ${rule.Name} is paused since ${since}
events already on their way ${onTheirWay} within a minute
${resumption} goes on; ${happening} until then has to be replayed from the archive${rest}`,
  );
}

async function resume(options: Options): Promise<void> {
  const installation = await findInstallation(options);
  const rule = ruleOf(installation, options.of);
  const { wasEnabled, pausedAt } = await resumeRule(new EventBridgeClient(PATIENT), rule);
  if (wasEnabled) {
    console.log(`rule ${rule.Name} is enabled already; nothing was changed`);
    return;
  }
  // A minute more: a rule needs a moment to be enabled.
  const to = new Date(Date.now() + 60_000);
  const possible = new Date(to.getTime() + ARCHIVE_DELAY_MS);
  const kind = options.of === 'articles' ? '' : `--of ${options.of} `;
  console.log(
    `rule ${rule.Name} is enabled
the archive has the events of the pause; from ${possible.toISOString()} on, when all of them have arrived there:
npm run replay -- ${stackOption(installation)}${kind}--from ${pausedAt?.toISOString() ?? 'WHEN_IT_WAS_DISABLED'} --to ${to.toISOString()}`,
  );
}

async function replay({ from, to, ...options }: Options & { from: Date; to: Date }): Promise<void> {
  if (from >= to) throw new UsageError('--from must be before --to');
  const possible = new Date(to.getTime() + ARCHIVE_DELAY_MS);
  if (possible > new Date()) {
    throw new UsageError(
      `the archive may lack events of the last ten minutes: run this after ${possible.toISOString()}`,
    );
  }
  const source = await replaySource(options);
  const client = new EventBridgeClient(PATIENT);
  const name = await startReplay(client, { ...source, from, to });
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

async function replaySource(options: Options) {
  const installation = await findInstallation(options);
  const archiveArn = installation.output('ArchiveArn');
  if (!archiveArn) {
    throw new UsageError(
      `stack ${options.stack} has no output ArchiveArn; use aws events start-replay as infra/RUNBOOK.md says`,
    );
  }
  return { rule: ruleOf(installation, options.of), archiveArn };
}

function stackOption({ stackName }: Installation): string {
  return stackName === 'TagSuggestions' ? '' : `--stack ${stackName} `;
}

await runCommand(command);

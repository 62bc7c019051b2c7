import { createHash } from 'node:crypto';
import {
  DescribeReplayCommand,
  type DescribeReplayResponse,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
  ListTagsForResourceCommand,
  ResourceAlreadyExistsException,
  StartReplayCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-eventbridge';

/** A rule of the installation, by its names. */
export interface RuleName {
  Name: string;
  EventBusName: string;
}

/** Tells the one who resumes since when the rule has been paused. */
const PAUSED_AT = 'tag-suggestions:paused-at';

/** What a rule was before it was paused or resumed, and since when. */
export interface RuleState {
  wasEnabled: boolean;
  /** undefined when the rule was not disabled by {@link pauseRule}. */
  pausedAt: Date | undefined;
}

/** Disables the rule. On a rule that is paused already this does nothing. */
export async function pauseRule(client: EventBridgeClient, rule: RuleName): Promise<RuleState> {
  const { arn, ...before } = await readRule(client, rule);
  if (!before.wasEnabled) return before;
  const pausedAt = new Date();
  // Before it is disabled: interrupted here, the next pause writes its own time.
  await client.send(
    new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: PAUSED_AT, Value: pausedAt.toISOString() }] }),
  );
  await client.send(new DisableRuleCommand(rule));
  return { ...before, pausedAt };
}

/** Enables the rule. On a rule that is enabled already this does nothing. */
export async function resumeRule(client: EventBridgeClient, rule: RuleName): Promise<RuleState> {
  const { arn, ...before } = await readRule(client, rule);
  if (before.wasEnabled) return before;
  await client.send(new EnableRuleCommand(rule));
  await client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: [PAUSED_AT] }));
  return before;
}

async function readRule(client: EventBridgeClient, rule: RuleName): Promise<RuleState & { arn: string }> {
  const { Arn, State } = await client.send(new DescribeRuleCommand(rule));
  const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN: Arn }));
  const pausedAt = Tags.find(({ Key }) => Key === PAUSED_AT)?.Value;
  return { arn: Arn!, wasEnabled: State === 'ENABLED', pausedAt: pausedAt ? new Date(pausedAt) : undefined };
}

/** Events of a time, and the rule that is to get them once more. */
export interface Replay {
  rule: RuleName;
  archiveArn: string;
  from: Date;
  to: Date;
}

/** An event may arrive in the archive this much later than on the bus. */
export const ARCHIVE_DELAY_MS = 600_000;

/**
 * Replays archived events to the rule alone: other rules of the bus do not see them again. The replay's name is made
 * from its time and rule, so that asking twice is one replay.
 *
 * @returns its name
 */
export async function startReplay(
  client: EventBridgeClient,
  { rule, archiveArn, from, to }: Replay,
): Promise<string> {
  const { Arn } = await client.send(new DescribeRuleCommand(rule));
  const name = `tag-suggestions-${digest(`${Arn} ${from.toISOString()} ${to.toISOString()}`)}`;
  // A rule's ARN is `…:rule/BUS/NAME`, and `…:rule/NAME` on the default bus.
  const busArn = `${Arn!.split(':rule/')[0]}:event-bus/${rule.EventBusName.split('/').at(-1)}`;
  try {
    await client.send(
      new StartReplayCommand({
        ReplayName: name,
        EventSourceArn: archiveArn,
        EventStartTime: from,
        EventEndTime: to,
        Destination: { Arn: busArn, FilterArns: [Arn!] },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
  return name;
}

/** Looks after a replay until it has ended. */
export async function followReplay(
  client: EventBridgeClient,
  name: string,
  onLook: (replay: DescribeReplayResponse) => void,
  pause = 5000,
): Promise<DescribeReplayResponse> {
  for (;;) {
    const replay = await client.send(new DescribeReplayCommand({ ReplayName: name }));
    onLook(replay);
    if (replay.State !== 'STARTING' && replay.State !== 'RUNNING') return replay;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import { isDeepStrictEqual } from 'node:util';
import {
  DescribeArchiveCommand,
  DescribeRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { Stack } from 'aws-cdk-lib';
import { articlePublishedPattern } from '../../../infra/tag-suggestions.ts';
import type { Installation } from '../installation.ts';
import { type Finding, finding } from './finding.ts';

/** Does every published article start an execution, or else end in the dead-letter queue? */
export async function checkRule(client: EventBridgeClient, installation: Installation): Promise<Finding[]> {
  const { rule, stateMachineArn } = installation;
  const { State, EventPattern } = await client.send(new DescribeRuleCommand(rule));
  const { Targets = [] } = await client.send(
    new ListTargetsByRuleCommand({ Rule: rule.Name, EventBusName: rule.EventBusName }),
  );
  const target = Targets.find(({ Arn }) => Arn === stateMachineArn);
  const what = `rule ${rule.Name} on bus ${rule.EventBusName}`;
  return [
    finding(
      what,
      State !== 'ENABLED' &&
        'it is disabled, so published articles start nothing: npm run resume, unless somebody paused it on purpose',
    ),
    finding(
      'its pattern',
      !isPatternOfThisCheckout(EventPattern) &&
        "it is not this checkout's, so it may miss articles or take others: npm run deploy",
    ),
    finding('its target', wrongWithTarget(target, installation)),
    ...(await checkArchive(client, installation)),
  ];
}

/** What is published during a pause, or is lost on its way, can be replayed from there alone. */
async function checkArchive(client: EventBridgeClient, installation: Installation): Promise<Finding[]> {
  const ArchiveName = installation.output('ArchiveArn')?.split('/').at(-1);
  if (!ArchiveName) return [];
  const { State, StateReason } = await client.send(new DescribeArchiveCommand({ ArchiveName }));
  return [
    finding(
      `archive ${ArchiveName}`,
      State !== 'ENABLED' &&
        `it is ${State} (${StateReason ?? 'EventBridge does not say why'}), so a pause cannot be made up for: npm run deploy`,
    ),
  ];
}

/** Which publishers count is a setting; the rest is not. */
function isPatternOfThisCheckout(pattern = '{}'): boolean {
  const { source: _, ...deployed } = JSON.parse(pattern);
  const { detailType, detail } = new Stack().resolve(articlePublishedPattern());
  return isDeepStrictEqual(deployed, { 'detail-type': detailType, detail });
}

type Target = { RoleArn?: string | undefined; DeadLetterConfig?: { Arn?: string | undefined } | undefined };

function wrongWithTarget(
  target: Target | undefined,
  { deadLetterQueueUrl }: Installation,
): string | undefined {
  if (!target) return 'it does not start the state machine of this stack: npm run deploy';
  if (!target.RoleArn) return 'it has no role to start executions with: npm run deploy';
  const queue = target.DeadLetterConfig?.Arn?.split(':').at(-1);
  if (queue !== deadLetterQueueUrl.split('/').at(-1)) {
    return 'what cannot be started is lost, as it does not go to the dead-letter queue of this stack: npm run deploy';
  }
  return undefined;
}

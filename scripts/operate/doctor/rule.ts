import { isDeepStrictEqual } from 'node:util';
import {
  DescribeArchiveCommand,
  DescribeRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { articlePublishedPattern, articleTaggedPattern } from '../../../infra/tag-suggestions.ts';
import type { HistoryInstallation, Installation } from '../installation.ts';
import type { RuleName } from '../rule.ts';
import { type Finding, finding } from './finding.ts';

/** A rule as it should be, and what it means when it is not. */
interface ExpectedRule {
  rule: RuleName;
  pattern: EventPattern;
  isTarget(arn: string): boolean;
  /** Rules assume a role to start executions; functions allow the rule to call them. */
  needsRole: boolean;
  deadLetterQueueUrl: string;
  says: { disabled: string; pattern: string; target: string };
}

/** Does every published article start an execution, or else end in the dead-letter queue? */
export async function checkRule(client: EventBridgeClient, installation: Installation): Promise<Finding[]> {
  const { rule, stateMachineArn, deadLetterQueueUrl } = installation;
  return [
    ...(await checkOne(client, {
      rule,
      pattern: articlePublishedPattern(),
      isTarget: (arn) => arn === stateMachineArn,
      needsRole: true,
      deadLetterQueueUrl,
      says: {
        disabled: 'published articles start nothing: npm run resume',
        pattern: 'it may miss articles or take others',
        target: 'it does not start the state machine of this stack',
      },
    })),
    ...(await checkArchive(client, installation)),
  ];
}

/** Does all that authors keep reach the history function, or else its dead-letter queue? */
export async function checkHistoryRule(
  client: EventBridgeClient,
  { rule, functionName, deadLetterQueueUrl }: HistoryInstallation,
): Promise<Finding[]> {
  return checkOne(client, {
    rule,
    pattern: articleTaggedPattern(),
    isTarget: (arn) => arn.split(':function:')[1] === functionName,
    needsRole: false,
    deadLetterQueueUrl,
    says: {
      disabled: 'what authors keep is not learnt: npm run resume -- --of tags',
      pattern: 'it may miss what authors keep or take other events',
      target: 'it does not call the history function of this stack',
    },
  });
}

async function checkOne(client: EventBridgeClient, expected: ExpectedRule): Promise<Finding[]> {
  const { rule, says } = expected;
  const { State, EventPattern } = await client.send(new DescribeRuleCommand(rule));
  const { Targets = [] } = await client.send(
    new ListTargetsByRuleCommand({ Rule: rule.Name, EventBusName: rule.EventBusName }),
  );
  const target = Targets.find(({ Arn = '' }) => expected.isTarget(Arn));
  return [
    finding(
      `rule ${rule.Name} on bus ${rule.EventBusName}`,
      State !== 'ENABLED' && `it is disabled, so ${says.disabled}, unless somebody paused it on purpose`,
    ),
    finding(
      'its pattern',
      !isPatternOfThisCheckout(EventPattern, expected.pattern) &&
        `it is not this checkout's, so ${says.pattern}: npm run deploy`,
    ),
    finding('its target', wrongWithTarget(target, expected)),
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
function isPatternOfThisCheckout(deployed: string | undefined, expected: EventPattern): boolean {
  const { source: _, ...pattern } = JSON.parse(deployed ?? '{}');
  const { detailType, detail } = new Stack().resolve(expected);
  return isDeepStrictEqual(pattern, { 'detail-type': detailType, detail });
}

type Target = { RoleArn?: string | undefined; DeadLetterConfig?: { Arn?: string | undefined } | undefined };

function wrongWithTarget(
  target: Target | undefined,
  { needsRole, deadLetterQueueUrl, says }: ExpectedRule,
): string | undefined {
  if (!target) return `${says.target}: npm run deploy`;
  if (needsRole && !target.RoleArn) return 'it has no role to start executions with: npm run deploy';
  if (!isQueue(target.DeadLetterConfig?.Arn, deadLetterQueueUrl)) {
    return 'what cannot be delivered is lost, as it does not go to the dead-letter queue of this stack: npm run deploy';
  }
  return undefined;
}

/** Whether an ARN and a URL name the same queue. */
export function isQueue(arn: string | undefined, url: string): boolean {
  return arn?.split(':').at(-1) === url.split('/').at(-1);
}

import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import type { HistoryInstallation, Installation } from '../installation.ts';
import { type Finding, finding } from './finding.ts';
import { isQueue } from './rule.ts';
import { checkFunctions } from './workflow.ts';

/**
 * Does the history function record what authors keep where the keyword function reads it, and does what it cannot record
 * wait in the dead-letter queue?
 *
 * @param keywords environment of the keyword function
 */
export async function checkHistoryFunction(
  clients: { lambda: LambdaClient; cloudFormation: CloudFormationClient },
  installation: Installation,
  history: HistoryInstallation,
  keywords: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const called = new Map([['HistoryFunctionArn', history.functionName]]);
  const { findings, configurations } = await checkFunctions(clients, installation, called);
  const configuration = configurations.get('History');
  if (!configuration) return findings;
  return [
    ...findings,
    finding('its index', wrongWithPlace(configuration, keywords)),
    finding(
      'its dead-letter queue',
      !isQueue(configuration.DeadLetterConfig?.TargetArn, history.deadLetterQueueUrl) &&
        'what it fails to record is lost, as it does not go to the dead-letter queue of this stack: npm run deploy',
    ),
  ];
}

/** With OpenSearch, and nothing that records. */
export function checkNoHistory(keywords: Readonly<Record<string, string>>): Finding[] {
  if (!keywords.OPENSEARCH_URL) return [];
  return [
    finding(
      'history',
      'nothing records which tags authors keep, though there is OpenSearch: npm run deploy from this checkout',
    ),
  ];
}

function wrongWithPlace(
  { Environment }: FunctionConfiguration,
  keywords: Readonly<Record<string, string>>,
): string | undefined {
  // Where the keyword function cannot be described, that has been said.
  if (!keywords.OPENSEARCH_URL) return undefined;
  const is = Environment?.Variables ?? {};
  const different = ['OPENSEARCH_URL', 'OPENSEARCH_INDEX_PREFIX'].find((name) => is[name] !== keywords[name]);
  return (
    different &&
    `it records where suggestions do not look: ${different} is ${is[different] ?? 'missing'}, the keyword function has ${keywords[different] ?? 'none'}; npm run deploy`
  );
}

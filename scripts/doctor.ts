import { styleText } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import { InvalidEnvironment } from '../functions/shared/errors.ts';
import { runCommand } from './command.ts';
import { inWords, isRefusal, PATIENT, reportingRefusals } from './operate/aws.ts';
import { type Finding, finding } from './operate/doctor/finding.ts';
import { checkHistoryFunction, checkNoHistory } from './operate/doctor/history.ts';
import { checkFit, checkModel } from './operate/doctor/knowledge.ts';
import { checkHistoryRule, checkRule } from './operate/doctor/rule.ts';
import { checkSearch } from './operate/doctor/search.ts';
import { checkStack } from './operate/doctor/stack.ts';
import { checkAlarms, checkDeadLetters, checkExecutions } from './operate/doctor/trouble.ts';
import { checkFunctions, checkStateMachine } from './operate/doctor/workflow.ts';
import {
  findInstallation,
  type Installation,
  type StackOptions,
  withStackOption,
} from './operate/installation.ts';
import { type SearchOptions, withSearchOptions } from './search-options.ts';

type Options = StackOptions & SearchOptions & { skipOpensearch?: boolean };

const command = withSearchOptions(withStackOption(new Command('npm run doctor --')))
  .description(
    'Check an installation from end to end: rule, state machine, functions, model, fit, OpenSearch with its indices and catalogue, the history with its rule and function, dead letters, alarms. Changes nothing. What is wrong is said in a sentence each, with what to do.',
  )
  .option('--skip-opensearch', 'do not ask OpenSearch: it cannot be reached from here')
  .addHelpText(
    'after',
    `
Without --opensearch, OpenSearch is asked as the keyword function asks it: at the same address, with your credentials.

Exit code: 0 all in order, 1 something is wrong or could not be checked, 2 wrong input, or AWS cannot be asked.`,
  )
  .action(reportingRefusals(examine));

async function examine(options: Options): Promise<void> {
  const cloudFormation = new CloudFormationClient(PATIENT);
  const installation = await findInstallation(options, cloudFormation);
  const eventBridge = new EventBridgeClient(PATIENT);
  const sfn = new SFNClient(PATIENT);
  const sqs = new SQSClient({ ...PATIENT, useQueueUrlAsEndpoint: false });
  const wrong: Finding[] = [];
  const look = async (what: string, check: () => Promise<Finding[]> | Finding[]) => {
    const findings = await attempt(what, check);
    for (const found of findings) print(found);
    wrong.push(...findings.filter((found) => found.wrong));
  };

  await look('stack', () => checkStack(installation));
  await look('rule', () => checkRule(eventBridge, installation));
  const lambda = new LambdaClient(PATIENT);
  const keywords = await examineWorkflow(look, { sfn, lambda, cloudFormation }, installation, options);
  const { history } = installation;
  if (history) {
    await look('rule of the history', () => checkHistoryRule(eventBridge, history));
    await look('history function', () =>
      checkHistoryFunction({ lambda, cloudFormation }, installation, history, keywords),
    );
  } else await look('history', () => checkNoHistory(keywords));
  await look('executions', () => checkExecutions(sfn, installation));
  await look('dead letters', () => checkDeadLetters(sqs, installation));
  await look('alarms', () =>
    checkAlarms({ cloudWatch: new CloudWatchClient(PATIENT), sns: new SNSClient(PATIENT) }, installation),
  );
  if (wrong.length === 0) console.log('\nall in order');
  else {
    console.log(`\n${wrong.length === 1 ? 'one thing is' : `${wrong.length} things are`} wrong`);
    process.exitCode = 1;
  }
}

type Look = (what: string, check: () => Promise<Finding[]> | Finding[]) => Promise<void>;

interface Clients {
  sfn: SFNClient;
  lambda: LambdaClient;
  cloudFormation: CloudFormationClient;
}

/**
 * From the state machine to its functions, and from their environments to the model and OpenSearch.
 *
 * @returns the environment of the keyword function
 */
async function examineWorkflow(
  look: Look,
  { sfn, ...clients }: Clients,
  installation: Installation,
  options: Options,
): Promise<Record<string, string>> {
  let functions: Awaited<ReturnType<typeof checkStateMachine>>['functions'] = new Map();
  let configurations: Awaited<ReturnType<typeof checkFunctions>>['configurations'] = new Map();
  await look('state machine', async () => {
    const checked = await checkStateMachine(sfn, installation);
    functions = checked.functions;
    return checked.findings;
  });
  await look('functions', async () => {
    const checked = await checkFunctions(clients, installation, functions);
    configurations = checked.configurations;
    return checked.findings;
  });
  const embedding = configurations.get('Embedding');
  if (embedding) await look('model', () => checkModel(new S3Client(PATIENT), embedding));

  const shipped = loadCatalogue();
  const catalogues = new Set([shipped.version]);
  const keywords = configurations.get('Keywords')?.Environment?.Variables ?? {};
  if (!options.skipOpensearch && (keywords.OPENSEARCH_URL || options.opensearch)) {
    await look('OpenSearch', async () => {
      const AWS_REGION = await sfn.config.region();
      const checked = await checkSearch({ AWS_REGION, ...keywords }, options, shipped);
      if (checked.catalogue) catalogues.add(checked.catalogue);
      return checked.findings;
    });
  }
  const modelSha256 = embedding?.Environment?.Variables?.MODEL_SHA256;
  for (const catalogue of catalogues) await look('fit', () => checkFit({ modelSha256, catalogue }));
  return keywords;
}

/** What may not be looked at is a finding, too, and no reason to look at nothing else. */
async function attempt(what: string, check: Parameters<Look>[1]): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof InvalidEnvironment)) throw error;
    return [finding(what, `it cannot be checked: ${inWords(error)}`)];
  }
}

function print({ what, wrong }: Finding): void {
  console.log(wrong ? `${styleText('red', '✘')} ${what}: ${wrong}` : `${styleText('green', '✔')} ${what}`);
}

await runCommand(command);

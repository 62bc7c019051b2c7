import { readFileSync } from 'node:fs';
import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { SUGGEST_TAGS } from '../../../infra/local/workflow.ts';
import { inWords, isRefusal } from '../aws.ts';
import type { Installation } from '../installation.ts';
import { matchDefinition } from './definition.ts';
import { type Finding, finding } from './finding.ts';

/** Functions that the deployed definition calls: ARN of the version by placeholder of the definition. */
export type CalledFunctions = ReadonlyMap<string, string>;

/** Is the state machine there, and is it the one of this checkout? */
export async function checkStateMachine(
  client: SFNClient,
  { stateMachineArn }: Installation,
): Promise<{ findings: Finding[]; functions: CalledFunctions }> {
  const { name, status, definition } = await client.send(
    new DescribeStateMachineCommand({ stateMachineArn }),
  );
  const ours = JSON.parse(readFileSync(SUGGEST_TAGS, 'utf8'));
  const { substitutions, differences } = matchDefinition(ours, JSON.parse(definition ?? '{}'));
  const [first, ...more] = differences;
  const where = `${first}${more.length > 0 ? ` and ${more.length} other places` : ''}`;
  return {
    functions: substitutions,
    findings: [
      finding(`state machine ${name}`, status !== 'ACTIVE' && `it is ${status}: npm run deploy`),
      finding(
        'its definition',
        first !== undefined &&
          `it is not this checkout's, it differs at ${where}: npm run deploy, or check out what is deployed`,
      ),
    ],
  };
}

/** Can each function be called, and is it as the stack says? */
export async function checkFunctions(
  clients: { lambda: LambdaClient; cloudFormation: CloudFormationClient },
  installation: Installation,
  functions: CalledFunctions,
): Promise<{ findings: Finding[]; configurations: Map<string, FunctionConfiguration> }> {
  const configurations = new Map<string, FunctionConfiguration>();
  const findings: Finding[] = [];
  const template = await readTemplate(clients.cloudFormation, installation);
  for (const [placeholder, FunctionName] of functions) {
    const part = placeholder.replace(/FunctionArn$/, '');
    const what = `function ${part}`;
    try {
      const configuration = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      configurations.set(part, configuration);
      findings.push(
        finding(what, wrongWithFunction(configuration, declaredAs(configuration, installation, template))),
      );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      findings.push(finding(what, `${FunctionName} cannot be described (${inWords(error)}): npm run deploy`));
    }
  }
  return { findings, configurations };
}

interface Declared {
  Runtime?: string;
  Architectures?: string[];
  MemorySize?: number;
}

type Template = { Resources: Record<string, { Properties?: Declared }> };

async function readTemplate(client: CloudFormationClient, { stackName }: Installation): Promise<Template> {
  const { TemplateBody = '{}' } = await client.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Processed' }),
  );
  return { Resources: {}, ...JSON.parse(TemplateBody) };
}

function declaredAs(
  { FunctionName }: FunctionConfiguration,
  { resources }: Installation,
  template: Template,
): Declared | undefined {
  const resource = resources.find(({ PhysicalResourceId }) => PhysicalResourceId === FunctionName);
  return template.Resources[resource?.LogicalResourceId ?? '']?.Properties;
}

function wrongWithFunction(is: FunctionConfiguration, declared: Declared | undefined): string | undefined {
  if (is.State && is.State !== 'Active' && is.State !== 'Inactive') {
    return `it is ${is.State} (${is.StateReason ?? 'Lambda does not say why'}): wait if it is pending, else npm run deploy`;
  }
  if (is.LastUpdateStatus && is.LastUpdateStatus !== 'Successful') {
    return `its last update is ${is.LastUpdateStatus} (${is.LastUpdateStatusReason ?? 'Lambda does not say why'}): npm run deploy`;
  }
  if (!declared) return 'the state machine calls a function that is not of this stack: npm run deploy';
  const facts: [string, unknown, unknown][] = [
    ['runtime', is.Runtime, declared.Runtime],
    ['architecture', is.Architectures?.join(), declared.Architectures?.join()],
    ['memory', is.MemorySize, declared.MemorySize],
  ];
  const [different] = facts.filter(([, now, expected]) => expected !== undefined && now !== expected);
  if (!different) return undefined;
  const [fact, now, expected] = different;
  return `its ${fact} is ${now}, the stack says ${expected}: somebody changed it by hand, or a deployment is not through; npm run deploy`;
}

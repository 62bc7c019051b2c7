import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import type { Command } from 'commander';
import { UsageError } from '../command.ts';
import { inWords, isRefusal, PATIENT, requireAws } from './aws.ts';
import type { RuleName } from './rule.ts';

export interface StackOptions {
  stack: string;
}

/** What a command of operators is about: published articles and their executions, or the tags that authors keep. */
export const KINDS = ['articles', 'tags'] as const;
export type Kind = (typeof KINDS)[number];

/** Adds the option by which a command finds what is deployed. */
export function withStackOption(command: Command): Command {
  return command.option('--stack <name>', 'name of the CloudFormation stack', 'TagSuggestions');
}

/** The part that records which tags authors keep. */
export interface HistoryInstallation {
  /** As the rule calls it: the function's name, without a version. */
  functionName: string;
  rule: RuleName;
  deadLetterQueueUrl: string;
}

/** What CloudFormation made: the parts of the construct by their names there. */
export class Installation {
  readonly stackName: string;
  readonly stackStatus: string;
  readonly resources: readonly StackResourceSummary[];
  readonly #outputs: ReadonlyMap<string, string>;

  constructor({ StackName = '', StackStatus, Outputs = [] }: Stack, resources: StackResourceSummary[]) {
    this.stackName = StackName;
    this.stackStatus = StackStatus ?? 'unknown';
    this.resources = resources;
    this.#outputs = new Map(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  }

  /** All resources of a CloudFormation type, such as `AWS::CloudWatch::Alarm`, by their physical ids. */
  all(type: string): string[] {
    return this.resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === type && PhysicalResourceId ? [PhysicalResourceId] : [],
    );
  }

  /**
   * The physical id of a part: an ARN for a state machine or topic, a URL for a queue, a name for the rest.
   *
   * @param part its id in the construct, such as `DeadLetters`
   * @throws UsageError when the stack has none of them, or several
   */
  find(type: string, part: string): string {
    const found = this.findAll(type, part);
    if (found.length !== 1) {
      throw new UsageError(
        `stack ${this.stackName} has ${found.length || 'no'} resources ${part} (${type}) of tag suggestions; name another stack by --stack`,
      );
    }
    return found[0]!;
  }

  findAll(type: string, part: string): string[] {
    // CloudFormation's logical ids are the path of the construct and eight digits of its hash.
    const id = new RegExp(`^(.*)${part}[0-9A-F]{8}$`);
    const found = this.resources.flatMap(({ ResourceType, LogicalResourceId = '', PhysicalResourceId }) => {
      const [, path] = ResourceType === type ? (id.exec(LogicalResourceId) ?? []) : [];
      return path !== undefined && PhysicalResourceId ? [{ path, PhysicalResourceId }] : [];
    });
    // A construct within the construct may have a part of the same name.
    const isWithin = (path: string, outer: string) => path !== outer && path.startsWith(outer);
    return found
      .filter(({ path }) => !found.some((other) => isWithin(path, other.path)))
      .map(({ PhysicalResourceId }) => PhysicalResourceId);
  }

  /** A value that the stack says of itself; undefined where an app of one's own does not. */
  output(name: string): string | undefined {
    return this.#outputs.get(name);
  }

  get stateMachineArn(): string {
    return this.find('AWS::StepFunctions::StateMachine', 'StateMachine');
  }

  get deadLetterQueueUrl(): string {
    return this.find('AWS::SQS::Queue', 'DeadLetters');
  }

  /** The rule that starts executions, and its bus. */
  get rule(): RuleName {
    return this.#rule('Rule');
  }

  /** undefined without OpenSearch: nothing is recorded there. */
  get history(): HistoryInstallation | undefined {
    if (this.findAll('AWS::Lambda::Function', 'HistoryFunction').length === 0) return undefined;
    return {
      functionName: this.find('AWS::Lambda::Function', 'HistoryFunction'),
      rule: this.#rule('HistoryRule'),
      deadLetterQueueUrl: this.find('AWS::SQS::Queue', 'HistoryDeadLetters'),
    };
  }

  #rule(part: string): RuleName {
    // `bus|rule`, or the rule alone on the account's default bus.
    const [name = '', bus = 'default'] = this.find('AWS::Events::Rule', part).split('|').reverse();
    return { Name: name, EventBusName: this.output('EventBusName') ?? bus };
  }
}

/**
 * The history of an installation.
 *
 * @throws UsageError where there is none
 */
export function requireHistory({ stackName, history }: Installation): HistoryInstallation {
  if (history) return history;
  throw new UsageError(
    `stack ${stackName} records no tags: it was deployed without OpenSearch, or before there were histories`,
  );
}

/**
 * Asks CloudFormation for what is deployed.
 *
 * @throws UsageError when region, credentials or the stack are missing
 */
export async function findInstallation(
  { stack }: StackOptions,
  client = new CloudFormationClient(PATIENT),
): Promise<Installation> {
  await requireAws(client.config);
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const resources: StackResourceSummary[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      resources.push(...(page.StackResourceSummaries ?? []));
    }
    return new Installation(Stacks![0]!, resources);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const problem = /does not exist/.test(error.message)
      ? `there is no stack ${stack} in ${await client.config.region()}; name it by --stack, or set AWS_REGION`
      : `CloudFormation was asked for stack ${stack} and said ${inWords(error)}`;
    throw new UsageError(problem, { cause: error });
  }
}

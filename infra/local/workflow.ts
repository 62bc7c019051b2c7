import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';

/** An event of an execution's history. */
export type HistoryEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** A function of the workflow as Step Functions calls it: JSON in, JSON out, errors known by their name. */
export type LocalFunction = (payload: unknown) => Promise<unknown>;

/** The functions behind the placeholders of the definition. */
export interface Functions {
  KeywordsFunctionArn: LocalFunction;
  FallbackKeywordsFunctionArn: LocalFunction;
  EmbeddingFunctionArn: LocalFunction;
  ScorerFunctionArn: LocalFunction;
}

export interface State {
  Type: string;
  Next?: string;
  Choices?: { Next: string }[];
  Branches?: Definition[];
  ItemProcessor?: Definition;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[] }[];
  [field: string]: unknown;
}

/** A definition in Amazon States Language. */
export interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

export const SUGGEST_TAGS = join(import.meta.dirname, '../../statemachines/suggest-tags.asl.json');
export const BACKFILL = join(import.meta.dirname, '../../statemachines/backfill.asl.json');

/** Reads a definition with each `${Name}` replaced by an ARN that ends in the name. */
export function readDefinition(file: string = SUGGEST_TAGS): Definition {
  const text = readFileSync(file, 'utf8');
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
}

/** All states by name, those inside of Parallel branches and of Map too. */
export function statesOf({ States }: Definition): Map<string, State> {
  const inside = Object.values(States).flatMap(({ Branches = [], ItemProcessor }) =>
    [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap((definition) => [
      ...statesOf(definition),
    ]),
  );
  return new Map([...Object.entries(States), ...inside]);
}

/** A failed execution: its error's name and cause, as the console shows them. */
export class ExecutionFailed extends Error {
  override name = 'ExecutionFailed';
  readonly error: string;
  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

export interface RunOptions {
  functions: Functions;
  /** Called for each event of the execution's history, as it happens. */
  onEvent?: (event: HistoryEvent) => void;
  /** Name of a Task state to fail, and after = the error; without it the first that its Catch, or else its Retry, names. */
  fail?: string | undefined;
  /** What stands for the console's execution name. */
  name?: string;
  /** Milliseconds in place of each Retry's pause. */
  retryPause?: number;
}

/** Read and validated once; executions do not share anything. */
let workflow: { machine: StateMachine; tasks: [name: string, state: State][] } | undefined;

function loadWorkflow(): NonNullable<typeof workflow> {
  const definition = readDefinition();
  const tasks = [...statesOf(definition)].filter(([, { Type }]) => Type === 'Task');
  return { machine: new StateMachine(definition as never), tasks };
}

/**
 * Runs the deployed definition on this machine.
 *
 * @returns the execution's output
 * @throws ExecutionFailed with the name of the error that ended it
 */
export async function runWorkflow(input: object, options: RunOptions): Promise<unknown> {
  const { functions, fail, name = `local-${crypto.randomUUID()}`, retryPause = 100, onEvent } = options;
  workflow ??= loadWorkflow();
  const { machine, tasks } = workflow;
  const [failing, error] = fail?.split('=') ?? [];
  if (failing !== undefined && !tasks.some(([task]) => task === failing)) {
    throw new RangeError(
      `${failing} is no task of the workflow; its tasks are ${tasks.map(([task]) => task).join(', ')}`,
    );
  }
  const handlers = tasks.map(([task, state]) => [
    task,
    task === failing
      ? () => Promise.reject(named(error ?? firstNamedError(state), 'failed on request'))
      : (parameters: unknown) => invoke(functions, parameters),
  ]);
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      retryIntervalOverrides: Object.fromEntries(tasks.map(([task]) => [task, retryPause])),
    },
    context: {
      Execution: {
        Input: input,
        Id: `arn:aws:states:us-east-1:000000000000:execution:suggest-tags:${name}`,
        Name: name,
        RedriveCount: 0,
        StartTime: new Date().toISOString(),
      },
    } as never,
  });
  let failure = new ExecutionFailed('States.Runtime', 'the execution ended without a word');
  const follow = async () => {
    for await (const event of execution.eventLogs) {
      onEvent?.(event);
      if (event.type === 'ExecutionFailed')
        failure = new ExecutionFailed(String(event.Error ?? ''), String(event.Cause ?? ''));
    }
  };
  const [outcome] = await Promise.allSettled([execution.result, follow()]);
  if (outcome.status === 'rejected') throw failure;
  return outcome.value;
}

/** Calls the function that a Task names; values cross as JSON, as they would between Step Functions and Lambda. */
async function invoke(functions: Functions, parameters: unknown): Promise<never> {
  const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: unknown };
  const placeholder = FunctionName.split(':').at(-1) as keyof Functions;
  try {
    const answer = await functions[placeholder](JSON.parse(JSON.stringify(Payload)));
    return { Payload: JSON.parse(JSON.stringify(answer)) } as never;
  } catch (error) {
    // What crosses is the name and the message, as Lambda reports them.
    const { name, message } = error as Error;
    throw named(name, message);
  }
}

function firstNamedError({ Retry = [], Catch = [] }: State): string {
  return [...Catch, ...Retry][0]?.ErrorEquals[0] ?? 'Lambda.Unknown';
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  paginateListExecutions,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** What became of an execution that is to run once more. */
export interface Rerun {
  did: 'redriven' | 'started' | 'nothing';
  /** The execution that runs now, or ran. */
  executionArn: string;
  /** Why there was nothing to do, or why it was not redriven. */
  because?: string;
}

export interface RerunOptions {
  /** Only tell what would be done. */
  dryRun?: boolean;
  /** Start new executions even where the old one could be redriven: with the definition that is deployed now. */
  anew?: boolean;
  /** Leave alone what has succeeded meanwhile. */
  onlyFailed?: boolean;
}

type Execution = DescribeExecutionOutput & { executionArn: string };

const ENDED_BADLY = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * Runs executions once more, each at most once however often this is asked: a redrive is told by the execution itself,
 * a new execution by its name, which is made from the one that it repeats.
 */
export function createRerunner(client: Pick<SFNClient, 'send'>, options: RerunOptions = {}) {
  /** An execution can be named itself and be the rerun of another one that is. */
  const asked = new Map<string, Promise<Rerun>>();

  const rerun = (executionArn: string): Promise<Rerun> => {
    const known = asked.get(executionArn);
    if (known) return known;
    const fresh = attempt(executionArn);
    asked.set(executionArn, fresh);
    return fresh;
  };

  async function attempt(executionArn: string, { onlyFailed, anew } = options): Promise<Rerun> {
    const execution = await describe(client, executionArn);
    if (!isOver(execution)) return nothing(execution, 'it is running');
    const successor = await describeIfThere(client, successorOf(executionArn));
    if (successor && ENDED_BADLY.has(successor.status!)) return rerun(successor.executionArn);
    if (successor) return nothing(successor, `it was run again already and ${inProgress(successor)}`);
    if (onlyFailed && execution.status === 'SUCCEEDED')
      return nothing(execution, 'it has succeeded meanwhile');
    if (anew || execution.redriveStatus !== 'REDRIVABLE') return startAnew(execution);
    if (options.dryRun) return { did: 'redriven', executionArn };
    try {
      await client.send(new RedriveExecutionCommand({ executionArn, clientToken: tokenOf(execution) }));
      return { did: 'redriven', executionArn };
    } catch (error) {
      if (!(error instanceof ExecutionNotRedrivable)) throw error;
      // Somebody else was faster, or its time has just run out: its new state tells which.
      return attempt(executionArn, { onlyFailed: true, anew: true });
    }
  }

  async function startAnew(execution: Execution): Promise<Rerun> {
    const { stateMachineArn, input, redriveStatusReason } = execution;
    const executionArn = successorOf(execution.executionArn);
    if (input === undefined) {
      throw new Error(`its input cannot be read: ${whyWithoutInput(execution)}`);
    }
    const because = options.anew ? undefined : redriveStatusReason;
    const started: Rerun = { did: 'started', executionArn, ...(because && { because }) };
    if (options.dryRun) return started;
    try {
      await client.send(
        new StartExecutionCommand({ stateMachineArn, input, name: executionArn.split(':').at(-1) }),
      );
      return started;
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      return { did: 'nothing', executionArn, because: 'it was run again already' };
    }
  }

  return rerun;
}

/** Executions that failed or timed out and ended since then. */
export async function findFailed(client: SFNClient, stateMachineArn: string, since: Date): Promise<string[]> {
  const found: string[] = [];
  for (const statusFilter of ['FAILED', 'TIMED_OUT'] as const) {
    // To the last page: what began long ago may have been redriven, and have failed again, a minute ago.
    for await (const page of paginateListExecutions({ client }, { stateMachineArn, statusFilter })) {
      for (const { executionArn, stopDate } of page.executions ?? []) {
        if (executionArn && stopDate && stopDate >= since) found.push(executionArn);
      }
    }
  }
  return found;
}

/** The name of the error that ended an execution. */
export async function errorOf(client: Pick<SFNClient, 'send'>, executionArn: string): Promise<string> {
  const { error, status } = await describe(client, executionArn);
  return error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : '');
}

/** The ARN of the execution that repeats another one; its name begins with `rerun-`, which makes `origin` say so. */
export function successorOf(executionArn: string): string {
  const parts = executionArn.split(':');
  return [...parts.slice(0, -1), `rerun-${digest(executionArn)}`].join(':');
}

/** Equal for the same failure: a repeated request, or one on a state that was read too early, redrives nothing twice. */
function tokenOf({ executionArn, redriveCount = 0 }: Execution): string {
  return digest(`${executionArn} ${redriveCount}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

async function describe(client: Pick<SFNClient, 'send'>, executionArn: string): Promise<Execution> {
  const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { ...execution, executionArn };
}

async function describeIfThere(client: Pick<SFNClient, 'send'>, executionArn: string) {
  try {
    return await describe(client, executionArn);
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

function isOver({ status }: Execution): boolean {
  return status === 'SUCCEEDED' || ENDED_BADLY.has(status!);
}

function nothing({ executionArn }: Execution, because: string): Rerun {
  return { did: 'nothing', executionArn, because };
}

function inProgress({ status }: Execution): string {
  return status === 'SUCCEEDED' ? 'succeeded' : 'is running';
}

function whyWithoutInput({ inputDetails }: Execution): string {
  return inputDetails?.included === false
    ? 'may you decrypt with the key of the state machine?'
    : 'Step Functions did not return it';
}

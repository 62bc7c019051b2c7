import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An execution as the stand-in keeps it. */
export interface StoredExecution {
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  input?: string;
  error?: string;
  /** Seconds since 1970. */
  stopDate?: number;
  redriveCount?: number;
  redriveStatus?: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  redriveStatusReason?: string;
}

/** What goes wrong with a request: refused before anything happens, or carried out without the caller ever knowing. */
export type Fault = 'throttled' | 'answer lost';

type Request = Record<string, string>;

export const STATE_MACHINE = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:suggest-tags';
const PAGE = 2;

/**
 * Step Functions as far as reruns need it, with what moto's server lacks: redrive, its idempotency and its end,
 * throttling, lost answers, pages.
 */
export class StepFunctions {
  readonly executions = new Map<string, StoredExecution>();
  /** Each execution that was really started or redriven, in order. */
  readonly started: { name: string; input: string }[] = [];
  readonly redriven: string[] = [];
  /** Faults to come, by operation. */
  faults: Record<string, Fault[]> = {};
  /** Called after each request that was carried out. */
  onCarriedOut: (operation: string) => void = () => {};
  readonly #tokens = new Set<string>();
  readonly #server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const answer = (status: number, content: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(content));
    };
    const fault = this.faults[operation]?.shift();
    if (fault === 'throttled')
      return answer(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    try {
      const content = this.#carryOut(operation, body);
      this.onCarriedOut(operation);
      if (fault === 'answer lost') request.socket.destroy();
      else answer(200, content);
    } catch (error) {
      const { name, message } = error as Error;
      answer(400, { __type: name, message });
    }
  });

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  reset(): void {
    this.executions.clear();
    this.#tokens.clear();
    this.started.length = 0;
    this.redriven.length = 0;
    this.faults = {};
    this.onCarriedOut = () => {};
  }

  /** Adds an execution; returns its ARN. */
  add(execution: StoredExecution): string {
    const { name, status } = execution;
    const input = JSON.stringify({ id: name });
    const over = status !== 'RUNNING' && { stopDate: Date.now() / 1000 - 60 };
    const redrivable = status !== 'RUNNING' && status !== 'SUCCEEDED';
    this.executions.set(name, {
      input,
      ...over,
      redriveCount: 0,
      redriveStatus: redrivable ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      ...execution,
    });
    return arnOf(name);
  }

  #carryOut(operation: string, request: Request): object {
    switch (operation) {
      case 'DescribeExecution':
        return { ...this.#find(request), executionArn: request.executionArn, stateMachineArn: STATE_MACHINE };
      case 'ListExecutions':
        return this.#list(request);
      case 'StartExecution':
        return this.#start(request);
      case 'RedriveExecution':
        return this.#redrive(request);
      default:
        throw named('UnknownOperationException', operation);
    }
  }

  #find({ executionArn }: Request): StoredExecution {
    const execution = this.executions.get(executionArn!.split(':').at(-1)!);
    if (!execution) throw named('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  }

  #list({ statusFilter, nextToken = '0' }: Request): object {
    const found = [...this.executions.values()].filter(({ status }) => status === statusFilter);
    const from = Number(nextToken);
    return {
      executions: found
        .slice(from, from + PAGE)
        .map((execution) => ({ ...execution, executionArn: arnOf(execution.name) })),
      ...(from + PAGE < found.length && { nextToken: String(from + PAGE) }),
    };
  }

  #start({ name, input }: Request): object {
    const there = this.executions.get(name!);
    if (there && (there.status !== 'RUNNING' || there.input !== input)) {
      throw named('ExecutionAlreadyExists', `Execution Already Exists: '${arnOf(name!)}'`);
    }
    if (!there) {
      this.add({ name: name!, input: input!, status: 'RUNNING' });
      this.started.push({ name: name!, input: input! });
    }
    return { executionArn: arnOf(name!), startDate: Date.now() / 1000 };
  }

  #redrive(request: Request): object {
    const { clientToken = crypto.randomUUID() } = request;
    const execution = this.#find(request);
    if (!this.#tokens.has(clientToken)) {
      if (execution.redriveStatus !== 'REDRIVABLE') {
        throw named('ExecutionNotRedrivable', execution.redriveStatusReason ?? 'Execution is not redrivable');
      }
      this.#tokens.add(clientToken);
      this.redriven.push(execution.name);
      const { stopDate: _, ...rest } = execution;
      this.executions.set(execution.name, {
        ...rest,
        status: 'RUNNING',
        redriveStatus: 'NOT_REDRIVABLE',
        redriveCount: execution.redriveCount! + 1,
      });
    }
    return { redriveDate: Date.now() / 1000 };
  }
}

export function arnOf(name: string): string {
  return `${STATE_MACHINE.replace('stateMachine', 'execution')}:${name}`;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

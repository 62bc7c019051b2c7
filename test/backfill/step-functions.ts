import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Outcome, runInline } from '../statemachines/inline-backfill.ts';
import type { LocalStepFunctions } from '../statemachines/local-step-functions.ts';
import { type Objects, RESULTS } from './stack.ts';

interface Backfill {
  arn: string;
  name: string;
  input: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  error?: string;
  cause?: string;
  mapRunArn: string;
  rows: unknown[];
  outcomes?: Outcome[];
}

const PAGE = 2;
const ARN = 'arn:aws:states:ap-northeast-1:123456789012';

/**
 * Step Functions as far as a backfill needs it and moto's server lacks it: it reads JSON Lines from S3, runs the very
 * handling of an item on the local engine, counts in a Map Run, writes results as ResultWriter does, throttles.
 */
export class StepFunctions {
  readonly backfills: Backfill[] = [];
  /** Requests to come that are refused, by operation. */
  throttle: Record<string, number> = {};
  /** Requests to come that are carried out without the caller ever knowing, by operation. */
  lose: Record<string, number> = {};
  readonly requests: string[] = [];
  readonly #objects: Objects;
  readonly #children: LocalStepFunctions;
  readonly #server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const answer = (status: number, content: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(content));
    };
    this.requests.push(operation);
    if (this.throttle[operation]) {
      this.throttle[operation] -= 1;
      return answer(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    }
    try {
      const content = this.#carryOut(operation, body);
      if (this.lose[operation]) {
        this.lose[operation] -= 1;
        request.socket.destroy();
      } else answer(200, content);
    } catch (error) {
      const { name, message } = error as Error;
      answer(400, { __type: name, message });
    }
  });

  constructor(objects: Objects, children: LocalStepFunctions) {
    this.#objects = objects;
    this.#children = children;
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #carryOut(operation: string, request: Record<string, string>): object {
    switch (operation) {
      case 'StartExecution':
        return this.#start(request.name!, request.input!);
      case 'ListExecutions': {
        // The newest come first.
        const all = [...this.backfills].reverse();
        const from = Number(request.nextToken ?? 0);
        const executions = all.slice(from, from + PAGE).map(({ arn, name, status }) => ({
          executionArn: arn,
          name,
          status,
        }));
        return { executions, ...(from + PAGE < all.length && { nextToken: String(from + PAGE) }) };
      }
      case 'DescribeExecution': {
        const { arn, name, status, error, cause } = this.#find(request.executionArn!);
        return { executionArn: arn, name, status, error, cause };
      }
      case 'ListMapRuns':
        return { mapRuns: [{ mapRunArn: this.#find(request.executionArn!).mapRunArn }] };
      case 'DescribeMapRun': {
        const backfill = this.backfills.find(({ mapRunArn }) => mapRunArn === request.mapRunArn)!;
        return { mapRunArn: backfill.mapRunArn, itemCounts: countsOf(backfill) };
      }
      default:
        throw Object.assign(new Error(operation), { name: 'UnknownOperationException' });
    }
  }

  #start(name: string, input: string): object {
    const earlier = this.backfills.find((one) => one.name === name);
    if (earlier && !(earlier.status === 'RUNNING' && earlier.input === input)) {
      throw Object.assign(new Error(`Execution Already Exists: '${earlier.arn}'`), {
        name: 'ExecutionAlreadyExists',
      });
    }
    return { executionArn: (earlier ?? this.#create(name, input)).arn };
  }

  #create(name: string, input: string): Backfill {
    const backfill: Backfill = {
      arn: `${ARN}:execution:TagSuggestions-backfill:${name}`,
      name,
      input,
      status: 'RUNNING',
      mapRunArn: `${ARN}:mapRun:TagSuggestions-backfill/Articles:${randomUUID()}`,
      rows: [],
    };
    this.backfills.push(backfill);
    void this.#run(backfill);
    return backfill;
  }

  async #run(backfill: Backfill): Promise<void> {
    const { bucket, prefix, toleratedFailurePercentage = 10, ...input } = JSON.parse(backfill.input);
    backfill.rows = (await this.#objects.lines(bucket, prefix)).map((line) => JSON.parse(line));
    const outcomes = await runInline(backfill.rows, this.#children, input);
    await this.#writeResults(backfill, outcomes);
    backfill.outcomes = outcomes;
    const failures = outcomes.filter((one) => 'Error' in one).length;
    if (failures > (outcomes.length * toleratedFailurePercentage) / 100) {
      backfill.error = 'States.ExceedToleratedFailureThreshold';
      backfill.cause = 'The specified tolerated failure threshold was exceeded';
      backfill.status = 'FAILED';
    } else {
      backfill.status = 'SUCCEEDED';
    }
  }

  /** As documented for `COMPACT` and `JSONL`: outputs of what succeeded, whole descriptions of what failed. */
  async #writeResults({ mapRunArn, rows }: Backfill, outcomes: Outcome[]): Promise<void> {
    const folder = `results/${mapRunArn.split(':').at(-1)}`;
    const files: Record<string, object[]> = { FAILED: [], SUCCEEDED: [] };
    outcomes.forEach((outcome, index) => {
      if ('outcome' in outcome) files.SUCCEEDED!.push(outcome);
      else {
        const Input = JSON.stringify({ detail: rows[index], edition: '' });
        files.FAILED!.push({
          ...outcome,
          ExecutionArn: `${ARN}:execution:${index}`,
          Input,
          Status: 'FAILED',
        });
      }
    });
    const ResultFiles: Record<string, object[]> = { PENDING: [] };
    for (const [status, lines] of Object.entries(files)) {
      const Key = `${folder}/${status}_0.jsonl`;
      const text = lines.map((line) => JSON.stringify(line)).join('\n');
      ResultFiles[status] = lines.length > 0 ? [{ Key, Size: text.length }] : [];
      if (lines.length > 0) await this.#objects.put(RESULTS, Key, text);
    }
    const manifest = { DestinationBucket: RESULTS, MapRunArn: mapRunArn, ResultFiles };
    await this.#objects.put(RESULTS, `${folder}/manifest.json`, JSON.stringify(manifest));
  }

  #find(executionArn: string): Backfill {
    const found = this.backfills.find(({ arn }) => arn === executionArn);
    if (found) return found;
    throw Object.assign(new Error(executionArn), { name: 'ExecutionDoesNotExist' });
  }
}

function countsOf({ rows, outcomes }: Backfill): Record<string, number> {
  const failed = outcomes?.filter((one) => 'Error' in one).length ?? 0;
  const succeeded = (outcomes?.length ?? 0) - failed;
  const running = outcomes ? 0 : rows.length;
  const others = { pending: 0, timedOut: 0, aborted: 0, resultsWritten: succeeded + failed };
  return { ...others, total: rows.length, succeeded, failed, running };
}

import { isDeepStrictEqual } from 'node:util';

interface Execution {
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  input: unknown;
  output: Promise<unknown>;
}

type Run = (input: object, name: string) => Promise<unknown>;

/**
 * What Step Functions promises of executions and their names: a name runs once, starting it again with the same input
 * while it runs finds the running one, anything else is refused.
 */
export class LocalStepFunctions {
  /** every execution by name, in the order of their starts */
  readonly executions = new Map<string, Execution>();
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** `states:startExecution.sync:2` */
  async startExecutionSync({ Name, Input }: { Name: string; Input: object }): Promise<unknown> {
    const input = JSON.parse(JSON.stringify(Input));
    const earlier = this.executions.get(Name);
    if (earlier && !(earlier.status === 'RUNNING' && isDeepStrictEqual(earlier.input, input))) {
      throw named(
        'StepFunctions.ExecutionAlreadyExistsException',
        `Execution Already Exists: '${arn(Name)}'`,
      );
    }
    const execution = earlier ?? this.#start(Name, input);
    try {
      return { ExecutionArn: arn(Name), Status: 'SUCCEEDED', Output: await execution.output };
    } catch (error) {
      const failure = error as Error & { error?: string };
      const cause = { Cause: failure.message, Error: failure.error ?? failure.name, ExecutionArn: arn(Name) };
      throw named('States.TaskFailed', JSON.stringify({ ...cause, Status: 'FAILED' }));
    }
  }

  /** `sfn:describeExecution` with METADATA_ONLY */
  async describeExecution({ ExecutionArn }: { ExecutionArn: string }): Promise<unknown> {
    const execution = this.executions.get(ExecutionArn.split(':').at(-1)!);
    if (!execution)
      throw named('Sfn.ExecutionDoesNotExistException', `Execution Does Not Exist: '${ExecutionArn}'`);
    return { ExecutionArn, Status: execution.status };
  }

  #start(name: string, input: object): Execution {
    const execution: Execution = { status: 'RUNNING', input, output: this.#run(input, name) };
    execution.output.then(
      () => {
        execution.status = 'SUCCEEDED';
      },
      () => {
        execution.status = 'FAILED';
      },
    );
    this.executions.set(name, execution);
    return execution;
  }
}

const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:execution:suggest-tags:${name}`;

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

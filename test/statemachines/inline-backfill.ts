import { StateMachine } from 'aws-local-stepfunctions';
import { BACKFILL, readDefinition, type State } from '../../infra/local/workflow.ts';
import type { LocalStepFunctions } from './local-step-functions.ts';

/** What came of one line: the output of its child workflow, or the error that ended it. */
export type Outcome =
  | { outcome: 'suggested' | 'suggested before'; articleId: string; revision: number; executionArn: string }
  | { Error: string; Cause: string };

/**
 * The deployed definition with its Distributed Map made an inline one, which is all that the local engine knows: the
 * items come with the input instead of from S3, and a Parallel of one branch stands around the handling of an item,
 * as each is an execution of its own whose failure the others survive.
 */
function inlineDefinition(knowledge: string) {
  const definition = readDefinition(BACKFILL);
  const [name, map] = Object.entries(definition.States).find(([, { Type }]) => Type === 'Map')!;
  const { ItemReader, ResultWriter, Label, ToleratedFailurePercentagePath, ItemProcessor, ...rest } = map;
  const { ProcessorConfig, ...handling } = ItemProcessor as unknown as State;
  const inline = {
    ...rest,
    ItemsPath: '$.items',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'ChildWorkflow',
      States: {
        ChildWorkflow: {
          Type: 'Parallel',
          Branches: [handling],
          OutputPath: '$[0]',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
          End: true,
        },
        Failed: { Type: 'Pass', End: true },
      },
    },
  };
  const whole = { ...definition, States: { ...definition.States, [name]: inline } };
  return JSON.parse(JSON.stringify(whole).replace(/'[\w:-]+:KnowledgeVersion'/, `'${knowledge}'`));
}

/** Runs a backfill over rows in memory. */
export async function runInline(
  rows: readonly unknown[],
  stepFunctions: LocalStepFunctions,
  input: object = {},
  knowledge = 'model, catalogue and fit',
): Promise<Outcome[]> {
  const machine = new StateMachine(inlineDefinition(knowledge), {
    // The definition as it is deployed is validated by a test of its own.
    validationOptions: { noValidate: true },
  });
  const pause = { SuggestTags: 1, LookAtEarlierExecution: 1 };
  const { result } = machine.run({ bucket: 'archive', prefix: 'articles/', items: rows, ...input } as never, {
    overrides: {
      taskResourceLocalHandlers: {
        SuggestTags: (request: never) => stepFunctions.startExecutionSync(request),
        LookAtEarlierExecution: (request: never) => stepFunctions.describeExecution(request),
      } as never,
      retryIntervalOverrides: pause,
      waitTimeOverrides: { WaitForEarlierExecution: 1 },
    },
  });
  return (await result) as unknown as Outcome[];
}

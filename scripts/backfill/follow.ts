import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  type ExecutionStatus,
  ListMapRunsCommand,
  type MapRunItemCounts,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** How far a backfill is. */
export interface Look {
  status: ExecutionStatus;
  /** Why the execution as a whole failed. */
  failure: string | undefined;
  mapRunArn: string | undefined;
  counts: MapRunItemCounts | undefined;
}

/** Looks at a backfill again and again, until it has ended. */
export async function follow(
  client: SFNClient,
  executionArn: string,
  { interval, onLook }: { interval: number; onLook: (look: Look) => void },
): Promise<Look> {
  let mapRunArn: string | undefined;
  for (;;) {
    // In this order: the counts of an execution that has ended are final.
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    mapRunArn ??= await findMapRun(client, executionArn);
    const look: Look = {
      status: execution.status!,
      failure: execution.error && `${execution.error}: ${execution.cause ?? ''}`,
      mapRunArn,
      counts: mapRunArn
        ? (await client.send(new DescribeMapRunCommand({ mapRunArn }))).itemCounts
        : undefined,
    };
    onLook(look);
    if (look.status !== 'RUNNING') return look;
    await sleep(interval);
  }
}

async function findMapRun(client: SFNClient, executionArn: string): Promise<string | undefined> {
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  return mapRuns[0]?.mapRunArn;
}

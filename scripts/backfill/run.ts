import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ExecutionAlreadyExists,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Archive } from './archive.ts';

/** Input of the state machine; what is absent has its default in the definition. */
export interface BackfillInput extends Archive {
  edition?: string;
  concurrency?: number;
  toleratedFailurePercentage?: number;
}

export interface Run {
  executionArn: string;
  name: string;
  /** It was running already. */
  attached: boolean;
}

/**
 * Starts a backfill, unless one of the same archive and edition is running: then that is the one.
 *
 * The n-th backfill of an archive has a name made of the archive and n, so that two that start at once are one.
 */
export async function startOrAttach(
  client: SFNClient,
  stateMachineArn: string,
  input: BackfillInput,
): Promise<Run> {
  const base = baseName(input);
  for (;;) {
    const { running, next } = await findRuns(client, stateMachineArn, base);
    if (running) return { ...running, attached: true };
    const name = `${base}-${next}`;
    try {
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return { executionArn: executionArn!, name, attached: false };
    } catch (error) {
      // Somebody else was faster with other options: theirs is found now.
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      // Lists of executions follow a moment later.
      await sleep(1000);
    }
  }
}

function baseName({ bucket, prefix, edition = '' }: BackfillInput): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([bucket, prefix, edition]))
    .digest('hex');
  return `archive-${hash.slice(0, 16)}`;
}

async function findRuns(
  client: SFNClient,
  stateMachineArn: string,
  base: string,
): Promise<{ running?: { executionArn: string; name: string }; next: number }> {
  let next = 1;
  for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
    for (const { name = '', executionArn = '', status } of executions) {
      if (!name.startsWith(`${base}-`)) continue;
      if (status === 'RUNNING') return { running: { executionArn, name }, next };
      next = Math.max(next, Number(name.slice(base.length + 1)) + 1);
    }
  }
  return { next };
}

import { statSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';

/** Something the user gave is wrong: one line, exit code 2, no stack trace. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Runs a command with the project's exit codes: 0 done, 1 failed, 2 wrong input. */
export async function runCommand(command: Command): Promise<void> {
  // Subcommands that exist by now do not inherit it.
  for (const each of [command, ...command.commands]) {
    each.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  }
  // Whoever reads the output may stop early, as head does; what else there is to write goes on.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${command.name()}: ${error.message}`);
    process.exitCode = 2;
  }
}

/** commander's parser for an option that names a folder. */
export function dataFolder(value: string): string {
  if (!statSync(value, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InvalidArgumentError('no such folder.');
  }
  return value;
}

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './command.ts';

const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));

/**
 * A Python with the packages of a requirements file, in a virtual environment under .cache/ that is made when it is
 * missing and kept until the file changes.
 *
 * @returns path of the interpreter
 * @throws UsageError when there is no Python 3, or the packages cannot be installed
 */
export function pythonWith(requirements: string): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 8);
  const folder = join(CACHE, `python-${version}`);
  const complete = join(folder, 'complete.txt');
  const python = join(folder, 'bin', 'python');
  if (existsSync(complete)) return python;
  console.error(`Installing the packages of ${requirements} into ${folder}, once`);
  try {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    execFileSync(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
      {
        stdio: 'inherit',
      },
    );
    writeFileSync(complete, '');
  } catch (cause) {
    throw new UsageError(`python3 with the packages of ${requirements} is needed and could not be set up`, {
      cause,
    });
  }
  return python;
}

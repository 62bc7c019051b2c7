// Runs before `npm start` and `npm test` on whatever Node the machine has, with nothing installed yet:
// plain JavaScript, no dependency. Installs what the lock file names when node_modules is absent or older.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

if (!isCurrent) {
  console.error('Installing what package-lock.json names (once) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; its own words are above. Nothing was started.');
    process.exit(status ?? 1);
  }
}

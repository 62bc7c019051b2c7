import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, 'event-ruler');
const BUILD = join(import.meta.dirname, '../../.cache/event-ruler');

/**
 * Asks EventBridge's own matcher.
 *
 * @returns for each question true or false, or what is wrong with the pattern
 */
export function matchEvents(questions: { pattern: object; event: object }[]): (boolean | string)[] {
  build();
  const { stdout, stderr, status } = spawnSync(
    'java',
    ['-cp', `${join(BUILD, 'classes')}:${join(BUILD, 'lib/*')}`, 'Match'],
    {
      input: questions
        .map(({ pattern, event }) => `${JSON.stringify(pattern)}\n${JSON.stringify(event)}\n`)
        .join(''),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`event-ruler failed: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (line === 'true' || line === 'false' ? line === 'true' : line));
}

/** Fetches the jars from Maven Central and compiles the main class, unless that was done for the same sources. */
function build(): void {
  const sources = ['pom.xml', 'src/main/java/Match.java'].map((file) => readFileSync(join(PROJECT, file)));
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex');
  const stamp = join(BUILD, 'sources.sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const { status, error } = spawnSync(
    'mvn',
    [
      '-B',
      '-q',
      '-f',
      PROJECT,
      `-DoutputFolder=${BUILD}`,
      'compiler:compile',
      'dependency:copy-dependencies',
    ],
    { stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) {
    throw new Error('the rule tests need Maven 3 and a Java 17 development kit; what Maven said is above', {
      cause: error,
    });
  }
  writeFileSync(stamp, hash);
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface OpenSearchOptions {
  /** Where the data lives; by default a directory of its own that {@link OpenSearchServer.stop} deletes. */
  dataDirectory?: string;
  /** @default 0, any free port */
  port?: number;
  /** `user:password` without which the server answers 401. By default it asks for none. */
  credentials?: string;
}

/** A real OpenSearch on the loopback. It ends with the process that started it, however that ends. */
export interface OpenSearchServer {
  url: string;
  pid: number;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** SIGSTOP: connections are still accepted, nothing is answered. Resolves when it stands still. */
  suspend(): Promise<void>;
  /** SIGCONT */
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const PROJECT = join(import.meta.dirname, 'server');
const BUILD = join(import.meta.dirname, '../../.cache/opensearch/build');
const START_TIMEOUT_MS = 120_000;

/**
 * Starts OpenSearch with kuromoji, ICU, percolator and reindex; fetches and compiles it the first time.
 *
 * @throws Error that says what to do when Java or Maven is missing, or with the server's last words when it does not start
 */
export async function startOpenSearch({
  dataDirectory,
  port = 0,
  credentials,
}: OpenSearchOptions = {}): Promise<OpenSearchServer> {
  buildOpenSearch();
  const directory = dataDirectory ?? mkdtempSync(join(tmpdir(), 'opensearch-'));
  mkdirSync(directory, { recursive: true });
  const child = spawn(
    'java',
    [
      '-Xms256m',
      '-Xmx512m',
      ...(credentials ? [`-Dcredentials=${credentials}`] : []),
      '-cp',
      `${join(BUILD, 'classes')}:${join(BUILD, 'lib/*')}`,
      'LocalOpenSearch',
      directory,
      String(port),
    ],
    // Of its own process group: a Ctrl-C at the terminal is for us to pass on in good order.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const exited = once(child, 'exit');
  const removeDirectory = () => {
    if (dataDirectory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    const url = await listeningUrl(child);
    await waitForHealth(url, credentials);
    return {
      url,
      pid: child.pid!,
      async suspend() {
        child.kill('SIGSTOP');
        await standstill(child.pid!);
      },
      resume: () => void child.kill('SIGCONT'),
      async stop() {
        child.kill('SIGCONT');
        child.stdin!.end();
        await exited;
        removeDirectory();
      },
      async kill() {
        child.kill('SIGKILL');
        await exited;
        removeDirectory();
      },
    };
  } catch (cause) {
    child.kill('SIGKILL');
    removeDirectory();
    throw cause;
  }
}

/** Fetches the jars from Maven Central and compiles the main class, unless that was done for the same sources. */
function buildOpenSearch(): void {
  const stamp = join(BUILD, 'sources.sha256');
  const sources = ['pom.xml', 'src/main/java/LocalOpenSearch.java'].map((file) =>
    readFileSync(join(PROJECT, file)),
  );
  const hash = createHash('sha256').update(Buffer.concat(sources)).digest('hex');
  requireCommand('java', '-version', 'a Java 17 runtime');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  requireCommand('mvn', '--version', 'Maven 3 and a Java 17 development kit');
  console.error('Fetching OpenSearch from Maven Central (once, about 60 MB) …');
  const { status } = spawnSync(
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
  if (status !== 0) throw new Error('Maven could not assemble OpenSearch; its own words are above');
  writeFileSync(stamp, hash);
}

function requireCommand(command: string, versionFlag: string, what: string): void {
  if (spawnSync(command, [versionFlag], { stdio: 'ignore' }).status === 0) return;
  throw new Error(
    `a local OpenSearch needs ${what}, but "${command} ${versionFlag}" does not run; ` +
      'install it (Debian: apt-get install openjdk-17-jdk-headless maven) or put it on the PATH',
  );
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  const output: string[] = [];
  const url = new Promise<string>((resolve, reject) => {
    const onLine = (line: string) => {
      const found = /^listening on (\S+)$/.exec(line)?.[1];
      if (found) resolve(found);
      else output.push(line);
      // The last words are enough to say why it did not start, and bounded for a server that runs for days.
      if (output.length > 40) output.shift();
    };
    const fail = (why: string) => reject(new Error([`OpenSearch ${why}`, ...output].join('\n')));
    createInterface(child.stdout!).on('line', onLine);
    createInterface(child.stderr!).on('line', onLine);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended before it listened (${signal ?? code})`));
    const timer = setTimeout(
      () => fail(`did not listen within ${START_TIMEOUT_MS / 1000} s`),
      START_TIMEOUT_MS,
    );
    child.once('exit', () => clearTimeout(timer));
    timer.unref();
  });
  return url;
}

/** A signal takes its time to reach every thread. */
async function standstill(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    if (stdout.startsWith('T')) return;
    await sleep(20);
  }
  throw new Error(`process ${pid} does not stop`);
}

async function waitForHealth(url: string, credentials?: string): Promise<void> {
  const headers: Record<string, string> = credentials
    ? { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
    : {};
  const response = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=60s`, { headers });
  const health = (await response.json()) as { timed_out: boolean };
  if (!response.ok || health.timed_out)
    throw new Error(`OpenSearch is not healthy: ${JSON.stringify(health)}`);
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFunction } from './assembly.ts';

const MODULES = join(import.meta.dirname, '../../node_modules');
const RUNTIME = join(import.meta.dirname, 'runtime.mjs');
/** What the runtime brings beside Node.js. */
const RUNTIME_MODULES = ['@aws-sdk', '@smithy'];

export interface Invocation {
  answer: unknown;
  /** Milliseconds from the start of Node.js to the end of the bundle's import. */
  initialized: number;
  /** Milliseconds in the handler. */
  took: number;
}

/**
 * A function's code and environment from the synthesised app, in a process and a folder where nothing else is found
 * than what Lambda's runtime has.
 */
export class DeployedFunction {
  /** What the function wrote, logs and metrics. */
  readonly output: string[] = [];
  readonly #folder: string;
  readonly #child: ChildProcess;

  /** @param resolve stands for the references in the template's environment, and adds to it */
  constructor(part: string, resolve: Record<string, string>) {
    const { code, variables } = findFunction(part);
    this.#folder = prepareFolder(code);
    const task = join(this.#folder, 'task');
    const environment = Object.entries(variables).map(([name, value]) => {
      if (resolve[name] !== undefined) return [name, resolve[name]];
      if (typeof value !== 'string') throw new Error(`${part} needs ${name}: ${JSON.stringify(value)}`);
      return [name, value.replace('/var/task', task)];
    });
    this.#child = startRuntime(join(task, 'index.mjs'), {
      ...resolve,
      ...Object.fromEntries(environment),
      TMPDIR: join(this.#folder, 'tmp'),
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => this.output.push(text));
  }

  /** @throws Error with the name and message that Lambda would report */
  async invoke(event: unknown): Promise<Invocation> {
    return invoke(this.#child, event);
  }

  /** Lines that are JSON. */
  get lines(): Record<string, unknown>[] {
    return this.output
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    await end(this.#child);
    rmSync(this.#folder, { recursive: true });
  }
}

/** Starts Lambda's side of an index.mjs. */
export function startRuntime(file: string, environment: Record<string, string>): ChildProcess {
  return fork(RUNTIME, [pathToFileURL(file).href], {
    env: {
      PATH: process.env.PATH!,
      AWS_LAMBDA_FUNCTION_NAME: 'deployed',
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Calls what {@link startRuntime} started. */
export async function invoke(child: ChildProcess, event: unknown): Promise<Invocation> {
  if (!ready.has(child)) ready.set(child, firstWord(child));
  await ready.get(child);
  child.send(event as object);
  const [reply] = (await once(child, 'message')) as [Invocation & { error?: Error }];
  if (reply.error) throw Object.assign(new Error(reply.error.message), { name: reply.error.name });
  return reply;
}

const ready = new WeakMap<ChildProcess, Promise<void>>();

async function firstWord(child: ChildProcess): Promise<void> {
  const errors: string[] = [];
  child.stderr!.on('data', (text) => errors.push(String(text)));
  const [outcome] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (outcome !== 'ready') throw new Error(`the bundle could not be imported:\n${errors.join('')}`);
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** The code in `task/`, above it the modules of the runtime and no others, and an empty `tmp/`. */
export function prepareFolder(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  cpSync(code, join(folder, 'task'), { recursive: true });
  mkdirSync(join(folder, 'tmp'));
  mkdirSync(join(folder, 'node_modules'));
  for (const scope of RUNTIME_MODULES) symlinkSync(join(MODULES, scope), join(folder, 'node_modules', scope));
  return folder;
}

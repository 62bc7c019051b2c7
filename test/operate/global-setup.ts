import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { pythonWith } from '../../scripts/python.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of moto's server. */
    aws: string;
  }
}

/** Starts moto's server on a free port, once for all files, and stops it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = pythonWith(join(import.meta.dirname, 'requirements.txt'));
  const server = spawn(join(dirname(python), 'moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AWS_DEFAULT_REGION: 'ap-northeast-1' },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    for (const stream of [server.stdout, server.stderr]) {
      // Read on to the end: a full pipe would halt the server.
      stream.on('data', (text) => {
        if (said.length < 100_000) said += text;
        const [running] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (running) resolve(running);
      });
    }
    server.once('exit', () => reject(new Error(`moto's server did not start:\n${said}`)));
  });
  project.provide('aws', url);
  return async () => {
    server.kill();
    await once(server, 'exit');
  };
}

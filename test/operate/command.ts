import { spawn } from 'node:child_process';
import { once } from 'node:events';

export const REGION = 'ap-northeast-1';

/** What a command of the SDK needs to talk to stand-ins: an address for all services, or for some of them. */
export function awsEnvironment(url: string, services: Record<string, string> = {}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...Object.fromEntries(
      Object.entries(services).map(([service, address]) => [`AWS_ENDPOINT_URL_${service}`, address]),
    ),
  };
}

/** Runs a command as a person does, on a machine that knows nothing of AWS but what is given. */
export function start(script: string, options: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [`scripts/${script}.ts`, ...options], {
    env: {
      PATH: process.env.PATH,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number,
    output: said.join(''),
  }));
  return { child, ended };
}

export function run(script: string, options: readonly string[], environment?: Record<string, string>) {
  return start(script, options, environment).ended;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutAws } from './assembly.ts';

/** Accepts or refuses credentials; knows of no bootstrap. */
let credentials: 'valid' | 'expired';
const aws: Server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameter') {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'ParameterNotFound', message: 'not there' }));
  } else if (credentials === 'valid' && body.includes('Action=GetCallerIdentity')) {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/deployer</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
  } else {
    const [code, message] =
      credentials === 'valid'
        ? ['AccessDenied', 'There is no such role to assume']
        : ['ExpiredToken', 'The security token is expired'];
    response.writeHead(403, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  }
});

beforeAll(() => new Promise<void>((done) => aws.listen(0, '127.0.0.1', done)));
afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});

const run = (script: string, environment: Record<string, string>) =>
  execute(['run', script, '--', '--output', '.cache/synth/deploy.out'], environment);

async function execute(command: string[], environment: Record<string, string>) {
  const child = spawn('npm', command, {
    env: { ...withoutAws(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
  const [status] = await once(child, 'exit');
  return { status, output: said.join('') };
}

const SCRIPTS = ['bootstrap', 'diff', 'deploy', 'destroy'];
const region = { AWS_REGION: 'ap-northeast-1' };
const keys = { ...region, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const endpoint = () => ({ AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}` });

describe.each(SCRIPTS)('npm run %s', (script) => {
  it.each([
    ['no region', {}, 'no region is set: export AWS_REGION'],
    ['no credentials', region, 'no AWS credentials are found: run "aws login"'],
  ])('says what is missing: %s', async (_, environment, message) => {
    const { status, output } = await run(script, environment);
    expect(status).toBe(2);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('says that AWS does not take the credentials', async () => {
    credentials = 'expired';
    const { status, output } = await run(script, { ...keys, ...endpoint() });
    expect(status).toBe(2);
    expect(output).toContain('ExpiredToken: The security token is expired');
  });
});

it.each([
  ['search:setup -- --opensearch https://search', {}, 'environment variable AWS_REGION must be set'],
  ['search:setup -- --opensearch https://search', region, 'was not asked, without credentials'],
  ['publish:article -- --bus articles', {}, 'Region is missing'],
  ['publish:article -- --bus articles', region, 'Could not load credentials'],
])('npm run %s says what is missing with %j', async (command, environment, message) => {
  const { status, output } = await execute(['run', ...command.split(' ')], {
    OPENSEARCH_AUTHENTICATION: 'iam',
    ...environment,
  });
  expect(status).not.toBe(0);
  expect(output).toContain(message);
  expect(output).not.toMatch(/^\s+at /m);
});

it('npm run deploy names the account, synthesises, and says that it is not bootstrapped', async () => {
  credentials = 'valid';
  const { status, output } = await run('deploy', { ...keys, ...endpoint() });
  expect(status).toBe(1);
  expect(output).toContain('account 123456789012, region ap-northeast-1');
  expect(output).toContain("Has the environment been bootstrapped? Please run 'cdk bootstrap'");
});

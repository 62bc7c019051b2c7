import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';

const EVENT_ID = '17793124-05d4-b198-2fde-7ededc63b103';
const EXECUTION = `arn:aws:states:ap-northeast-1:123456789012:execution:suggest-tags:${EVENT_ID}_5f0c`;

/** What EventBridge and Step Functions answer, by operation. */
let answers: Record<string, (request: Record<string, unknown>) => object>;
let published: Record<string, string>[];
const aws = createServer(async (request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.').at(-1)!;
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  if (operation === 'PutEvents') published.push(...body.Entries);
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(answers[operation]!(body)));
});

beforeAll(() => new Promise<void>((done) => aws.listen(0, '127.0.0.1', done)));
afterAll(() => {
  aws.closeAllConnections();
  aws.close();
});

async function run(...options: string[]) {
  published = [];
  const child = spawn(process.execPath, ['scripts/publish-article.ts', ...options], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
  const [status] = await once(child, 'exit');
  return { status, output: said.join('') };
}

const accepted = { Entries: [{ EventId: EVENT_ID }] };
const wait = [
  '--bus',
  'blog',
  '--state-machine',
  'arn:aws:states:ap-northeast-1:123456789012:stateMachine:a',
];

it('publishes an article and prints what is suggested once its execution has ended', async () => {
  let asked = 0;
  answers = {
    PutEvents: () => accepted,
    // EventBridge needs a moment.
    ListExecutions: () => ({
      executions:
        asked++ === 0 ? [] : [{ name: 'other' }, { name: `${EVENT_ID}_5f0c`, executionArn: EXECUTION }],
    }),
    DescribeExecution: ({ executionArn }) => {
      expect(executionArn).toBe(EXECUTION);
      return { status: 'SUCCEEDED', output: JSON.stringify(tagsSuggestedSample) };
    },
  };
  const { status, output } = await run(...wait);
  expect(output).toContain('AWS Lambda');
  expect(status).toBe(0);
  expect(published).toMatchObject([{ EventBusName: 'blog', DetailType: 'ArticlePublished' }]);
  expect(JSON.parse(published[0]!.Detail!).data.format).toBe('markdown');
});

it('says why an execution failed', async () => {
  answers = {
    PutEvents: () => accepted,
    ListExecutions: () => ({ executions: [{ name: `${EVENT_ID}_5f0c`, executionArn: EXECUTION }] }),
    DescribeExecution: () => ({
      status: 'FAILED',
      error: 'InvalidArticle',
      cause: 'data.title: must not be empty',
    }),
  };
  const { status, output } = await run(...wait);
  expect(status).toBe(1);
  expect(output).toContain('FAILED: InvalidArticle: data.title: must not be empty');
});

it('says that the bus refused the event', async () => {
  answers = {
    PutEvents: () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'NotAuthorized', ErrorMessage: 'no' }] }),
  };
  const { status, output } = await run('--bus', 'blog');
  expect(status).toBe(2);
  expect(output).toContain('blog refused the event: NotAuthorized: no');
});

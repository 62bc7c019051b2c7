import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { articleTaggedSample } from '../../functions/contracts/article-tagged.ts';
import { createHandler } from '../../functions/history/handler.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { metrics } from '../../functions/shared/metrics.ts';
import type { Installation } from '../../scripts/operate/installation.ts';
import { awsEnvironment, run, start } from './command.ts';
import { FaultyAws } from './faulty-aws.ts';
import { clientOptions, deployStack, WITH_HISTORY } from './stack.ts';

const aws = new FaultyAws(inject('aws'));
const sqs = new SQSClient({ ...clientOptions(inject('aws')), useQueueUrlAsEndpoint: false });
let environment: Record<string, string>;
let installation: Installation;
/** What the history function of the stand-in records into: the real function, over a store of this process. */
let store: MemoryHistory;
/** Events with which it was called. */
let calls: object[];

beforeAll(async () => {
  environment = awsEnvironment(await aws.listen());
  vi.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => metrics);
});
beforeEach(() => deploy());
afterAll(() => aws.close());

async function deploy(context: Record<string, string> = WITH_HISTORY) {
  aws.reset();
  installation = await deployStack(inject('aws'), context);
  store = new MemoryHistory();
  calls = [];
  const handler = createHandler(() => store);
  aws.functions.TagSuggestionsHistoryFunction = async (event) => {
    calls.push(event);
    return handler(event);
  };
}

const deadletters = (...options: string[]) => run('deadletters', options, environment);
const queueOfTags = () => installation.history!.deadLetterQueueUrl;
const send = (QueueUrl: string, MessageBody: string, attributes: Record<string, string>) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([key, StringValue]) => [key, { DataType: 'String', StringValue }]),
      ),
    }),
  );

/** An event as Lambda leaves it in the queue when the function failed three times: the event, and why in attributes. */
async function leave(articleId: string, data: object = {}, body = ''): Promise<string> {
  const detail = { ...articleTaggedSample, data: { ...articleTaggedSample.data, articleId, ...data } };
  const id = crypto.randomUUID();
  const MessageBody =
    body || JSON.stringify({ version: '0', id, source: 'blog', 'detail-type': 'ArticleTagged', detail });
  await send(queueOfTags(), MessageBody, {
    RequestID: '6a3d5d4c-0000-4000-8000-5d1f2a3b4c5d',
    ErrorCode: '200',
    ErrorMessage: 'OpenSearch could not be reached',
  });
  return MessageBody;
}

/** An event as EventBridge leaves it in the other queue. */
const leaveArticle = (articleId: string) => {
  const detail = { ...articlePublishedSample, data: { ...articlePublishedSample.data, articleId } };
  const event = { id: crypto.randomUUID(), source: 'blog', 'detail-type': 'ArticlePublished', detail };
  return send(installation.deadLetterQueueUrl, JSON.stringify(event), { ERROR_CODE: 'NO_PERMISSIONS' });
};

async function countLeft(QueueUrl = queueOfTags()): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

const recorded = () => store.documents().kept.map(({ articleId }) => articleId);

describe('npm run deadletters -- list', () => {
  it('prints whose queue, article and why, and no author', async () => {
    await leave('first-lambda');
    await leaveArticle('second-lambda');
    for (let times = 0; times < 2; times += 1) {
      const { status, output } = await deadletters('list');
      expect(status).toBe(0);
      expect(output).toMatch(
        /^tags of article first-lambda, event [\w-]+, since .*\n {2}the function failed three times: OpenSearch could not be reached \(request 6a3d5d4c-/m,
      );
      expect(output).toMatch(/^article second-lambda, revision 3, event /m);
      expect(output).toContain('2 dead letters: 1 of articles, 1 of tags');
      expect(output).not.toContain('hanako');
    }
  });

  it('says of what EventBridge could not deliver why, too', async () => {
    const event = { id: '1', detail: articleTaggedSample };
    const attributes = { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'no policy', RETRY_ATTEMPTS: '0' };
    await send(queueOfTags(), JSON.stringify(event), attributes);
    expect((await deadletters('list')).output).toContain('NO_PERMISSIONS: no policy (after 0 retries)');
  });

  it('looks into one queue alone when it is told to, and for one article', async () => {
    await leave('first-lambda');
    await leave('third-lambda');
    await leaveArticle('second-lambda');
    expect((await deadletters('list', '--of', 'tags')).output).toContain('2 dead letters: 2 of tags');
    expect((await deadletters('list', '--of', 'articles')).output).toContain('1 dead letters: 1 of articles');
    expect((await deadletters('list', '--article', 'third-lambda')).output).toContain(
      '1 dead letters: 0 of articles, 1 of tags',
    );
  });
});

describe('npm run deadletters -- resend', () => {
  it('calls the history function with the very event, and deletes what is recorded', async () => {
    const body = await leave('first-lambda');
    const { status, output } = await deadletters('resend');
    expect(output).toContain('0 started, 1 recorded, 0 failed');
    expect(status).toBe(0);
    expect(calls).toEqual([JSON.parse(body)]);
    expect(await store.keptBy('hanako', 'another')).toMatchObject({
      recent: [['AWS Lambda', 'TypeScript']],
    });
    expect(await countLeft()).toBe(0);
  });

  it('works through both queues, or through one', async () => {
    await leave('first-lambda');
    await leaveArticle('second-lambda');
    expect((await deadletters('resend', '--of', 'tags')).output).toContain('1 recorded, 0 failed');
    expect(await countLeft(installation.deadLetterQueueUrl)).toBe(1);
    await leave('first-lambda');
    expect((await deadletters('resend')).output).toContain('1 started, 1 recorded, 0 failed');
    expect(await countLeft(installation.deadLetterQueueUrl)).toBe(0);
  });

  it('leaves other articles where they are', async () => {
    await leave('first-lambda');
    await leave('second-lambda');
    await deadletters('resend', '--article', 'second-lambda');
    expect(recorded()).toEqual(['second-lambda']);
    expect((await deadletters('list')).output).toContain('tags of article first-lambda');
  });

  it('records and deletes nothing in a dry run', async () => {
    await leave('first-lambda');
    expect((await deadletters('resend', '--dry-run')).output).toContain(
      'would record tags of article first-lambda',
    );
    expect(calls).toEqual([]);
    expect((await deadletters('list')).output).toContain('1 dead letters');
  });

  it('does not undo what was recorded meanwhile', async () => {
    await leave('first-lambda', { tags: ['old'] });
    const { data } = articleTaggedSample;
    await store.record({
      ...data,
      articleId: 'first-lambda',
      tags: ['new'],
      taggedAt: '2027-01-01T00:00:00Z',
    });
    expect((await deadletters('resend')).output).toContain('1 recorded, 0 failed');
    expect((await store.keptBy('hanako', 'another')).recent).toEqual([['new']]);
    expect(await countLeft()).toBe(0);
  });

  it('lets go of what was forgotten, and says so', async () => {
    await leave('first-lambda');
    await store.forget({ authorId: 'hanako' });
    const { status, output } = await deadletters('resend');
    expect(output).toContain('0 started, 0 recorded, 1 forgotten, 0 failed');
    expect(status).toBe(0);
    expect(recorded()).toEqual([]);
    expect(await countLeft()).toBe(0);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'the function fails',
      async () => {
        const works = aws.functions.TagSuggestionsHistoryFunction!;
        aws.functions.TagSuggestionsHistoryFunction = async (event) => {
          if (event.detail.data.articleId === 'bad') {
            throw Object.assign(new Error('a queue is full'), { name: 'KeywordsThrottled' });
          }
          return works(event);
        };
        return leave('bad');
      },
      'KeywordsThrottled: a queue is full',
    ],
    [
      'the event breaks its contract',
      () => leave('bad', { taggedAt: 'yesterday' }),
      'TagsRefused: the event breaks',
    ],
    ['it is no event', () => leave('', {}, 'hello'), 'the message is no ArticleTagged event'],
    [
      'the function is another one',
      async () => {
        aws.functions.TagSuggestionsHistoryFunction = async (event) =>
          event.detail.data.articleId === 'bad' ? { statusCode: 200 } : 'stored';
        return leave('bad');
      },
      'the history function answered {"statusCode":200}',
    ],
  ])('keeps a message when %s, names it, records the rest, and ends with 1', async (_, spoil, message) => {
    await leave('good');
    await spoil();
    const { status, output } = await deadletters('resend');
    expect(output).toContain(message);
    expect(output).toContain('1 recorded, 1 failed and still in the queue');
    expect(output).not.toContain('hanako');
    expect(status).toBe(1);
    expect(await countLeft()).toBe(1);
  });
});

describe('nothing is lost and nothing doubled', () => {
  it('when part of a batch is refused', async () => {
    for (const id of ['a', 'b', 'c']) await leave(id);
    aws.intercepts.DeleteMessageBatch = async ({ QueueUrl, Entries: [first, ...rest] }, forward) => {
      const answer = await forward({ QueueUrl, Entries: rest });
      const failed = { Id: first.Id, SenderFault: false, Code: 'InternalError', Message: 'try again' };
      return { ...answer, Failed: [failed] };
    };
    const first = await deadletters('resend');
    expect(first.status).toBe(1);
    expect(first.output).toContain('was recorded, but not deleted (InternalError: try again)');
    delete aws.intercepts.DeleteMessageBatch;
    expect((await deadletters('resend')).status).toBe(0);
    expect(recorded().toSorted()).toEqual(['a', 'b', 'c']);
    expect(await countLeft()).toBe(0);
  });

  it.each([
    ['ReceiveMessage', 'throttled'],
    ['Invoke', 'throttled'],
    ['Invoke', 'answer lost'],
    ['DeleteMessageBatch', 'throttled'],
    ['DeleteMessageBatch', 'answer lost'],
  ] as const)('when %s is %s', async (operation, fault) => {
    await leave('first-lambda');
    aws.faults = { [operation]: [fault] };
    expect((await deadletters('resend')).status).toBe(0);
    expect(recorded()).toEqual(['first-lambda']);
    expect(await countLeft()).toBe(0);
  });

  it('when the same event lies in the queue twice', async () => {
    const body = await leave('first-lambda');
    await leave('', {}, body);
    expect((await deadletters('resend')).output).toContain('2 recorded');
    expect((await store.keptBy('hanako', 'another')).articles).toBe(1);
    expect(await countLeft()).toBe(0);
  });

  it('when the command is interrupted and started again', async () => {
    const bodies: string[] = [];
    for (let i = 0; i < 25; i += 1) bodies.push(await leave(`a${i}`));
    let called = 0;
    const first = start('deadletters', ['resend'], environment);
    aws.onCarriedOut = (operation) => {
      // In the middle of a batch: some are recorded, and none of these is deleted.
      if (operation === 'Invoke' && ++called === 14) first.child.kill('SIGKILL');
    };
    await first.ended;
    aws.onCarriedOut = () => {};
    expect(await countLeft()).toBeGreaterThan(0);
    // What the first run held appears again when its time is over; the test does not wait for that.
    for (const body of bodies) await leave('', {}, body);
    expect((await deadletters('resend')).status).toBe(0);
    expect((await store.keptBy('hanako', 'another')).articles).toBe(25);
  });
});

describe('without OpenSearch there is no history', () => {
  it('and the other queue is all there is', async () => {
    await deploy({});
    await leaveArticle('second-lambda');
    expect((await deadletters('list')).output).toContain('1 dead letters: 1 of articles\n');
    const { status, output } = await deadletters('resend', '--of', 'tags');
    expect(output).toBe(
      'npm run deadletters --: stack TagSuggestions records no tags: it was deployed without OpenSearch, or before there were histories\n',
    );
    expect(status).toBe(2);
  });
});

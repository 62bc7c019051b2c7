import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARTICLE_PUBLISHED, articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { ARTICLE_TAGGED, articleTaggedSample } from '../../functions/contracts/article-tagged.ts';
import { TAGS_SUGGESTED, tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { type Deployment, synthesize } from '../infra/deployments.ts';
import { matchEvents } from './event-ruler.ts';

const STATE_MACHINE = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:suggest-tags';

function patternOf(deployment: Deployment, rule: 'Rule' | 'HistoryRule' | 'OnTags' | 'OnFailed'): object {
  const { template } = synthesize(deployment, (construct) => {
    construct.onTagsSuggested('OnTags');
    construct.onFailed('OnFailed');
  });
  const [, found] = Object.entries(template.findResources('AWS::Events::Rule')).find(([id]) =>
    new RegExp(`^TagSuggestions${rule}[0-9A-F]{8}$`).test(id),
  )!;
  // What CloudFormation puts in place of the reference.
  const text = JSON.stringify(found.Properties.EventPattern);
  return JSON.parse(text.replace(/\{"Ref":"TagSuggestionsStateMachine\w+"\}/, `"${STATE_MACHINE}"`));
}

const envelope = (source: string, detailType: string, detail: unknown) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': detailType,
  source,
  account: '123456789012',
  time: '2026-04-01T00:00:00Z',
  region: 'ap-northeast-1',
  resources: [],
  detail,
});
const published = (
  metadata: object,
  source = 'blog.example.com',
  data: object = articlePublishedSample.data,
) =>
  envelope(source, ARTICLE_PUBLISHED, {
    metadata: { ...articlePublishedSample.metadata, ...metadata },
    data,
  });
const tagged = (metadata: object, source = 'blog.example.com') =>
  envelope(source, ARTICLE_TAGGED, {
    metadata: { ...articleTaggedSample.metadata, ...metadata },
    data: articleTaggedSample.data,
  });
const status = (changes: object) =>
  envelope('aws.states', 'Step Functions Execution Status Change', {
    executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:suggest-tags:a',
    stateMachineArn: STATE_MACHINE,
    name: 'a',
    status: 'FAILED',
    ...changes,
  });
const withoutVersion = published({ version: undefined });

const GUIDE = readFileSync(join(import.meta.dirname, '../../functions/contracts/README.md'), 'utf8');
const guidePattern = JSON.parse(/```json\n([\s\S]*?)```/.exec(GUIDE)![1]!);
/** The pattern that the guide gives for a wish. */
const guideFor = (wish: string) => ({
  source: ['tag-suggestions'],
  detail: JSON.parse(new RegExp(`^\\| ${wish} \\| \`(.*)\` \\|$`, 'm').exec(GUIDE)![1]!),
});
const suggested = (metadata: object, data: object = {}) =>
  envelope('tag-suggestions', 'TagsSuggested', {
    metadata: { ...tagsSuggestedSample.metadata, ...metadata },
    data: { ...tagsSuggestedSample.data, ...data },
  });

const CASES: Record<string, { pattern: object; accepted: [string, object][]; rejected: [string, object][] }> =
  {
    'the rule that starts executions': {
      pattern: patternOf('default', 'Rule'),
      accepted: [
        ['version "1"', published({ version: '1' })],
        ['version 1', published({ version: 1 })],
        ['version 1.0', published({ version: '1.0' })],
        ['version 1.2.3', published({ version: '1.2.3' })],
        ['no version: the execution will say so', withoutVersion],
        ['no data: the execution will say so', published({}, 'blog.example.com', {})],
        [
          'a body elsewhere',
          published({}, 'cms', {
            ...articlePublishedSample.data,
            body: undefined,
            bodyLocation: { bucket: 'articles', key: 'a.md' },
          }),
        ],
        ['a replayed event', { ...published({}), 'replay-name': 'again' }],
      ],
      rejected: [
        ['version 2', published({ version: '2' })],
        ['version 10', published({ version: '10' })],
        ['version 11.0 as a number', published({ version: 11 })],
        ['another event', { ...published({}), 'detail-type': 'ArticleDrafted' }],
        [
          'what it puts on the bus itself',
          envelope(TAGS_SUGGESTED.source, TAGS_SUGGESTED.detailType, tagsSuggestedSample),
        ],
      ],
    },
    'the rule that records tags': {
      pattern: patternOf('default', 'HistoryRule'),
      accepted: [
        ['version "1"', tagged({ version: '1' })],
        ['version 1', tagged({ version: 1 })],
        ['no version: the function will say so', tagged({ version: undefined })],
        ['a replayed event', { ...tagged({}), 'replay-name': 'again' }],
      ],
      rejected: [
        ['version 2', tagged({ version: '2' })],
        ['an article', published({})],
      ],
    },
    'the rule for the tags of one publisher': {
      pattern: patternOf('everything given', 'HistoryRule'),
      accepted: [['its event', tagged({})]],
      rejected: [['an event of another', tagged({}, 'shop.example.com')]],
    },
    'the rule for one publisher': {
      pattern: patternOf('everything given', 'Rule'),
      accepted: [['its event', published({})]],
      rejected: [['an event of another', published({}, 'shop.example.com')]],
    },
    'subscribers of suggestions': {
      pattern: patternOf('default', 'OnTags'),
      accepted: [['a suggestion', envelope('tag-suggestions', 'TagsSuggested', tagsSuggestedSample)]],
      rejected: [
        ['an article', published({})],
        ['a suggestion of somebody else', envelope('other', 'TagsSuggested', tagsSuggestedSample)],
        [
          'a later version',
          envelope('tag-suggestions', 'TagsSuggested', {
            ...tagsSuggestedSample,
            metadata: { ...tagsSuggestedSample.metadata, version: '2' },
          }),
        ],
      ],
    },
    'subscribers who follow the guide': {
      pattern: guidePattern,
      accepted: [
        ['a suggestion', suggested({})],
        ['a backfill', suggested({ origin: 'backfill' })],
      ],
      rejected: [
        ['what their own writes caused', suggested({ correlationId: 'suggested-tags:0b5e' })],
        ['a later version', suggested({ version: '2' })],
        ['an article', published({})],
      ],
    },
    'the guide: what is published now, not an archive': {
      pattern: guideFor('what is published now, not an archive'),
      accepted: [
        ['a suggestion', suggested({})],
        ['a rerun', suggested({ origin: 'rerun' })],
      ],
      rejected: [['a backfill', suggested({ origin: 'backfill' })]],
    },
    'the guide: whole suggestions only': {
      pattern: guideFor('whole suggestions only'),
      accepted: [['a whole one', suggested({})]],
      rejected: [['a degraded one', suggested({}, { degraded: ['keywords'] })]],
    },
    'the guide: degraded suggestions only': {
      pattern: guideFor('degraded suggestions only'),
      accepted: [['a degraded one', suggested({}, { degraded: ['embedding'] })]],
      rejected: [['a whole one', suggested({})]],
    },
    'the guide: nothing that your own writes caused': {
      pattern: guideFor('nothing that your own writes caused'),
      accepted: [['a suggestion', suggested({})]],
      rejected: [['an echo', suggested({ correlationId: 'suggested-tags:0b5e' })]],
    },
    'subscribers of failures': {
      pattern: patternOf('default', 'OnFailed'),
      accepted: ['FAILED', 'TIMED_OUT', 'ABORTED'].map((one) => [one, status({ status: one })]),
      rejected: [
        ['RUNNING', status({ status: 'RUNNING' })],
        ['SUCCEEDED', status({ status: 'SUCCEEDED' })],
        ['another state machine', status({ stateMachineArn: `${STATE_MACHINE}-2` })],
      ],
    },
  };

describe.each(Object.entries(CASES))('%s', (_, { pattern, accepted, rejected }) => {
  const cases = [
    ...accepted.map(([name, event]) => ({ name, event, matches: true })),
    ...rejected.map(([name, event]) => ({ name, event, matches: false })),
  ];
  const answers = matchEvents(cases.map(({ event }) => ({ pattern, event })));

  it.each(cases.map((one, index) => ({ ...one, answer: answers[index] })))(
    '$matches: $name',
    ({ answer, matches }) => {
      expect(answer).toBe(matches);
    },
  );
});

it('would notice a pattern that EventBridge does not take', () => {
  const [answer] = matchEvents([{ pattern: { detail: { version: '1' } }, event: {} }]);
  expect(answer).toMatch(/array/);
});

import Draft4 from 'ajv-draft-04';
import { describe, expect, it } from 'vitest';
import { articlePublishedSample } from '../../functions/contracts/article-published.ts';
import { articleTaggedSample } from '../../functions/contracts/article-tagged.ts';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { synthesize } from './deployments.ts';

const { template } = synthesize('without OpenSearch');
const schemas = Object.values(template.findResources('AWS::EventSchemas::Schema')).map(
  ({ Properties }) => Properties,
);
const validatorOf = (schemaName: string) => {
  const { Content, Type } = schemas.find(({ SchemaName }) => SchemaName === schemaName);
  expect(Type).toBe('JSONSchemaDraft4');
  return new Draft4.default({ validateFormats: false }).compile(JSON.parse(Content));
};
const event = (detailType: string, source: string, detail: unknown) => ({
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
const published = event('ArticlePublished', 'blog.example.com', articlePublishedSample);
const tagged = event('ArticleTagged', 'blog.example.com', articleTaggedSample);
const suggested = event('TagsSuggested', 'tag-suggestions', tagsSuggestedSample);

describe('schema registry', () => {
  it('has the three events, no larger than the registry takes', () => {
    expect(schemas.map(({ SchemaName }) => SchemaName).sort()).toEqual([
      'ArticlePublished',
      'ArticleTagged',
      'tag-suggestions@TagsSuggested',
    ]);
    for (const { Content } of schemas) expect(Content.length).toBeLessThan(100_000);
  });

  it.each([
    ['ArticlePublished', published],
    ['ArticleTagged', tagged],
    ['tag-suggestions@TagsSuggested', suggested],
  ])('%s describes the event as it is on the bus', (name, sample) => {
    const validate = validatorOf(name);
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['another detail type', { ...published, 'detail-type': 'ArticleDrafted' }],
    ['no title', withData({ title: undefined })],
    ['a revision below 0', withData({ revision: -1 })],
    ['an unknown format', withData({ format: 'docx' })],
  ])('refuses %s', (_, wrong) => {
    expect(validatorOf('ArticlePublished')(JSON.parse(JSON.stringify(wrong)))).toBe(false);
  });
});

function withData(data: object) {
  const { detail } = published as { detail: typeof articlePublishedSample };
  return { ...published, detail: { ...detail, data: { ...detail.data, ...data } } };
}

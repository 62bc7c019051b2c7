import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { flattenReferences } from '../../infra/wildcards.ts';
import { synthesize } from './deployments.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
type Properties = any;
const { template } = synthesize('everything given');
const find = (from: Template, type: string, id: RegExp): Properties =>
  Object.entries(from.findResources(type)).find(([name]) => id.test(name))?.[1].Properties;
const statements = find(template, 'AWS::IAM::Policy', /^TagSuggestionsBackfillRole/).PolicyDocument
  .Statement as { Action: string | string[]; Resource: unknown; Condition?: unknown }[];
/** Resources on which an action is allowed. */
const allowed = (action: string) =>
  statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat().map(flattenReferences))
    .map((resource) => resource.replace(/<[^>]*?(\w*?)[0-9A-F]{8}(\.Arn)?>/g, '<$1>'));

describe('the role of the backfill', () => {
  it('reads the bucket that is made for it and those that are named, nothing else', () => {
    expect(allowed('s3:GetObject').sort()).toEqual([
      '<TagSuggestionsBackfillBucket>/*',
      'arn:<AWS::Partition>:s3:::archive-of-the-blog/*',
    ]);
    expect(allowed('s3:ListBucket')).toHaveLength(2);
  });

  it('writes results, nothing else', () => {
    expect(allowed('s3:PutObject')).toEqual(['<TagSuggestionsBackfillBucket>/results/*']);
  });

  it('starts suggest-tags and itself', () => {
    expect(allowed('states:StartExecution').sort()).toEqual([
      '<TagSuggestionsStateMachine>',
      expect.stringMatching(/:stateMachine:[\w-]+-backfill$/),
    ]);
  });

  it('looks at executions that a backfill started, not at others', () => {
    for (const resource of allowed('states:DescribeExecution')) {
      expect(resource).toMatch(/:execution:[\w-]+:backfill-\*$|:execution:[\w-]+-backfill\/Articles:\*$/);
    }
  });

  it('is told of the end of an execution by the rule of Step Functions', () => {
    expect(allowed('events:PutRule')).toEqual([
      expect.stringMatching(/:rule\/StepFunctionsGetEventsForStepFunctionsExecutionRule$/),
    ]);
  });

  it('uses the key for the two state machines and for its own map', () => {
    const machines = statements
      .filter(({ Action }) => [Action].flat().includes('kms:Decrypt'))
      .map(({ Condition }) => flattenReferences(Object.values((Condition as Properties).StringEquals)[0]))
      .map((arn) => arn.replace(/^.*:stateMachine:[\w-]+-[0-9A-F]{8}/, ''));
    expect(machines.sort()).toEqual(['', '-backfill', '-backfill/Articles']);
  });
});

describe('the bucket of the backfill', () => {
  it('is closed to the public, speaks TLS only, and forgets after a month', () => {
    expect(find(template, 'AWS::S3::Bucket', /^TagSuggestionsBackfillBucket/)).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: expect.anything(),
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
  });
});

describe('the version of model, catalogue and fit', () => {
  it('is in the definition, the same in every deployment of the same files', () => {
    const versionIn = (from: Template) =>
      find(from, 'AWS::StepFunctions::StateMachine', /^TagSuggestionsBackfill/).DefinitionSubstitutions
        .KnowledgeVersion;
    expect(versionIn(template)).toMatch(/^[0-9a-f]{32}$/);
    expect(versionIn(synthesize('without OpenSearch').template)).toBe(versionIn(template));
  });
});

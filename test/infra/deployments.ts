import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OpenSearch } from '../../infra/open-search.ts';
import { TagSuggestions, type TagSuggestionsProps } from '../../infra/tag-suggestions.ts';

const CDK_JSON = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));

const DOMAIN = {
  endpoint: 'https://search-blog.eu-central-1.es.amazonaws.com',
  domainArn: 'arn:aws:es:eu-central-1:123456789012:domain/blog',
};

const network = (stack: Stack) => ({
  vpc: Vpc.fromVpcAttributes(stack, 'Network', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['a', 'c', 'd'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
  }),
});

/** The ways in which platforms deploy it. */
export const DEPLOYMENTS = {
  default: () => ({}),
  'without OpenSearch': () => ({ openSearch: OpenSearch.none() }),
  'existing domain': () => ({ openSearch: OpenSearch.existing(DOMAIN) }),
  'existing domain in a VPC': (stack) => ({
    openSearch: OpenSearch.existing({ ...DOMAIN, network: network(stack) }),
  }),
  'new domain in a VPC': (stack) => ({
    openSearch: OpenSearch.newDomain({ network: network(stack), dataNodes: 3 }),
  }),
  'everything given': (stack) => ({
    eventBus: EventBus.fromEventBusName(stack, 'GivenBus', 'default'),
    sources: ['blog.example.com'],
    openSearch: OpenSearch.existing(DOMAIN),
    indexPrefix: 'blog',
    bodyBuckets: [Bucket.fromBucketName(stack, 'GivenBucket', 'articles-of-the-blog')],
    backfillBuckets: [Bucket.fromBucketName(stack, 'GivenArchive', 'archive-of-the-blog')],
    policy: { mode: 'known', minimumUsage: 3, blocked: ['PR', '雑記'], carried: 'leave out' },
    scoring: { semanticWeight: 0.6, threshold: 0.25, limit: 8 },
    provisionedConcurrency: 2,
    encryptionKey: new Key(stack, 'GivenKey', { enableKeyRotation: true }),
    alarmTopic: Topic.fromTopicArn(stack, 'GivenTopic', 'arn:aws:sns:eu-central-1:123456789012:operators'),
  }),
} satisfies Record<string, (stack: Stack) => TagSuggestionsProps>;

export type Deployment = keyof typeof DEPLOYMENTS;

/**
 * Synthesises one of them; without bundles, so in about a second.
 *
 * @throws Error when cdk-nag or the CDK's own rules find something that is not acknowledged
 */
export function synthesize(
  deployment: Deployment,
  use: (tags: TagSuggestions, stack: Stack) => void = () => {},
): { template: Template; stack: Stack; app: App; tags: TagSuggestions } {
  const app = new App({
    context: { ...CDK_JSON.context, 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
  });
  const stack = new Stack(app, 'Blog');
  const tags = new TagSuggestions(stack, 'TagSuggestions', DEPLOYMENTS[deployment](stack));
  use(tags, stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { template: Template.fromStack(stack), stack, app, tags };
}

import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { TagSuggestionsStack } from '../../infra/stack.ts';

const withContext = (context: Record<string, string>) =>
  new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] as unknown as string } });
const settingsOf = (context: Record<string, string>) => readSettings(withContext(context).node);

const DOMAIN_ARN = 'arn:aws:es:eu-central-1:123456789012:domain/blog';

describe('settings', () => {
  it('has a default for each', () => {
    expect(settingsOf({})).toEqual({
      stackName: 'TagSuggestions',
      sources: [],
      openSearch: 'domain',
      dataNodes: 1,
      subnetIds: [],
      availabilityZones: [],
      securityGroupIds: [],
      bodyBuckets: [],
      backfillBuckets: [],
      provisionedConcurrency: 0,
      archiveDays: 30,
    });
  });

  it('reads lists and numbers from the command line', () => {
    expect(
      settingsOf({ bodyBuckets: 'articles, drafts', dataNodes: '3', provisionedConcurrency: '2' }),
    ).toMatchObject({ bodyBuckets: ['articles', 'drafts'], dataNodes: 3, provisionedConcurrency: 2 });
  });

  it.each([
    [
      { openSearch: 'http://search' },
      'openSearch: must be domain, none or the https:// endpoint of a domain',
    ],
    [{ openSearch: 'https://search' }, 'openSearchDomainArn: is missing; it goes with the endpoint'],
    [{ openSearch: 'https://search', openSearchDomainArn: 'blog' }, 'openSearchDomainArn: '],
    [{ dataNodes: '2' }, 'dataNodes: must be 1 or 3, got "2"'],
    [{ instanceType: 't3.small' }, 'instanceType: must be an instance type of OpenSearch'],
    [{ vpcId: 'vpc-1' }, 'subnetIds: must be given with vpcId, and as many availabilityZones'],
    [{ alarmEmail: 'operators' }, 'alarmEmail: '],
    [{ archiveDays: '0' }, 'archiveDays: '],
    [{ openSerch: 'none' }, 'openSerch: no such setting; there are stackName, eventBusName,'],
  ])('refuses %j', (context, message) => {
    expect(() => settingsOf(context)).toThrow(message);
  });
});

describe('stack', () => {
  const templateOf = (context: Record<string, string>) => {
    const app = withContext(context);
    return Template.fromStack(
      new TagSuggestionsStack(app, 'TagSuggestions', readSettings(app.node)) as Stack,
    );
  };

  it('wires the construct to what the settings name', () => {
    const template = templateOf({
      eventBusName: 'blog',
      openSearch: 'https://search-blog.example.com',
      openSearchDomainArn: DOMAIN_ARN,
      bodyBuckets: 'articles',
      backfillBuckets: 'articles,archive',
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
      availabilityZones: 'a,b',
      securityGroupIds: 'sg-0123456789abcdef0',
      alarmEmail: 'operators@example.com',
    });
    template.hasResourceProperties('AWS::Events::Rule', { EventBusName: 'blog' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { OPENSEARCH_URL: 'https://search-blog.example.com' } },
      VpcConfig: {
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'operators@example.com' });
    template.hasOutput('OpenSearchUrl', { Value: 'https://search-blog.example.com' });
  });

  it('needs no OpenSearch', () => {
    const template = templateOf({ openSearch: 'none' });
    template.resourceCountIs('AWS::OpenSearchService::Domain', 0);
    expect(template.findOutputs('OpenSearchUrl')).toEqual({});
  });
});

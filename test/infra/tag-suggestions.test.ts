import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFn } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { reviewedWildcard, type Statement, WILDCARDS, wildcardsOf } from '../../infra/wildcards.ts';
import { DEPLOYMENTS, type Deployment, synthesize } from './deployments.ts';

const names = Object.keys(DEPLOYMENTS) as Deployment[];
const deployed = new Map(names.map((name) => [name, synthesize(name)]));
const of = (name: Deployment) => deployed.get(name)!;

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
type Resource = { Properties: any; DeletionPolicy?: string };
const resources = (template: Template, type: string) =>
  Object.entries(template.findResources(type)) as [string, Resource][];
const only = (template: Template, type: string) => {
  const found = resources(template, type);
  expect(found).toHaveLength(1);
  return found[0]![1].Properties;
};
/** The state machine that a file of statemachines/ defines. */
const machineOf = (template: Template, file: string) => {
  const text = readFileSync(join(import.meta.dirname, '../../statemachines', file), 'utf8');
  const machines = resources(template, 'AWS::StepFunctions::StateMachine');
  return machines.find(([, { Properties }]) => Properties.DefinitionString === text)![1].Properties;
};
/** The only rule, or queue, whose id begins so. */
const one = (template: Template, type: string, part: string) => {
  const found = resources(template, type).filter(([id]) =>
    new RegExp(`^TagSuggestions${part}[0-9A-F]{8}$`).test(id),
  );
  expect(found).toHaveLength(1);
  const [[id, { Properties }]] = found as [[string, Resource]];
  return { id, ...Properties };
};
const functionOf = (template: Template, part: string) => {
  const found = resources(template, 'AWS::Lambda::Function').find(([id]) =>
    id.startsWith(`TagSuggestions${part}`),
  );
  return found?.[1].Properties;
};

describe.each(names)('deployment: %s', (name) => {
  const { template } = of(name);
  const hasHistory = name !== 'without OpenSearch';

  it.each(readdirSync(join(import.meta.dirname, '../../statemachines')))('runs %s as it is', (file) => {
    const { DefinitionString, DefinitionSubstitutions } = machineOf(template, file);
    const placeholders = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(
      ([, placeholder]) => placeholder!,
    );
    expect(Object.keys(DefinitionSubstitutions).sort()).toEqual([...new Set(placeholders)].sort());
  });

  it('runs suggest-tags on versions of its functions', () => {
    const machine = machineOf(template, 'suggest-tags.asl.json');
    const versions = template.findResources('AWS::Lambda::Version');
    for (const substitution of Object.values(machine.DefinitionSubstitutions) as { Ref: string }[]) {
      expect(versions).toHaveProperty(substitution.Ref);
    }
  });

  it('encrypts and traces executions, and logs them without their data', () => {
    const machines = resources(template, 'AWS::StepFunctions::StateMachine');
    expect(machines).toHaveLength(2);
    for (const [, { Properties }] of machines) {
      expect(Properties).toMatchObject({
        EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      });
    }
  });

  it('runs every function on arm64 and Node.js 24, traced, into a log group of its own', () => {
    for (const [, { Properties }] of resources(template, 'AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
        Environment: { Variables: { POWERTOOLS_METRICS_NAMESPACE: 'TagSuggestions' } },
      });
    }
    const groups = resources(template, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref,
    );
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('encrypts the alarms it sends, with a key that is renewed', () => {
    for (const [, { Properties }] of resources(template, 'AWS::SNS::Topic')) {
      expect(Properties.KmsMasterKeyId).toBeDefined();
    }
    for (const [, { Properties }] of resources(template, 'AWS::KMS::Key')) {
      expect(Properties.EnableKeyRotation).toBe(true);
    }
  });

  it('keeps every log for a month', () => {
    for (const [, { Properties }] of resources(template, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(30);
    }
  });

  it('gives the embedding function 1 GiB of /tmp, 1 GiB of memory, 5 s and the model by its hash', () => {
    const { sha256 } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../model/metadata.json'), 'utf8'),
    ).files['model2vec.bin'];
    expect(functionOf(template, 'Embedding')).toMatchObject({
      EphemeralStorage: { Size: 1024 },
      MemorySize: 1024,
      Timeout: 5,
      Environment: {
        Variables: { MODEL_SHA256: sha256, MODEL_PREFIX: expect.stringMatching(/^models\/[0-9a-f]{16}\/$/) },
      },
    });
  });

  it('ends every function before the state that waits for it gives up', () => {
    const { DefinitionString } = machineOf(template, 'suggest-tags.asl.json');
    const limits = [...DefinitionString.matchAll(/\$\{(\w+)FunctionArn\}[\s\S]*?"TimeoutSeconds": (\d+)/g)];
    expect(limits.length).toBeGreaterThanOrEqual(5);
    for (const [, part, seconds] of limits) {
      const f = functionOf(template, part!) ?? functionOf(template, 'FallbackKeywords');
      expect(f.Timeout, part).toBeLessThan(Number(seconds));
    }
  });

  it('starts executions by a rule that retries for a day and then keeps the event', () => {
    const { Targets } = one(template, 'AWS::Events::Rule', 'Rule');
    const { id, ...queue } = one(template, 'AWS::SQS::Queue', 'DeadLetters');
    expect(Targets).toMatchObject([
      {
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [id, 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    ]);
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  it.runIf(hasHistory)(
    'records tags by a rule whose event is kept whether delivery or recording fails',
    () => {
      const { Targets, EventPattern } = one(template, 'AWS::Events::Rule', 'HistoryRule');
      const { id, ...queue } = one(template, 'AWS::SQS::Queue', 'HistoryDeadLetters');
      const deadLetters = { 'Fn::GetAtt': [id, 'Arn'] };
      expect(EventPattern['detail-type']).toEqual(['ArticleTagged']);
      expect(Targets).toMatchObject([
        {
          DeadLetterConfig: { Arn: deadLetters },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      ]);
      expect(functionOf(template, 'HistoryFunction').DeadLetterConfig).toEqual({ TargetArn: deadLetters });
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    },
  );

  it('archives what its rules take', () => {
    const { EventPattern, RetentionDays } = only(template, 'AWS::Events::Archive');
    expect(EventPattern).toEqual({
      ...one(template, 'AWS::Events::Rule', 'Rule').EventPattern,
      'detail-type': hasHistory ? ['ArticlePublished', 'ArticleTagged'] : ['ArticlePublished'],
    });
    expect(RetentionDays).toBe(30);
  });

  it('alarms to a topic about everything that costs an article its suggestions, or an author their history', () => {
    const alarms = resources(template, 'AWS::CloudWatch::Alarm');
    expect(alarms.map(([id]) => id.replace(/^TagSuggestionsMonitoring|.{8}$/g, '')).sort()).toEqual([
      'DeadLetters',
      'DeadLettersLost',
      'DegradedShare',
      'EventNotStarted',
      'ExecutionsAborted',
      'ExecutionsFailed',
      'ExecutionsTimedOut',
      'ModelLoadErrors',
      'SlowSuggestions',
      ...(hasHistory ? ['TagsLost', 'TagsNotRecorded', 'TagsRefused'] : []),
      'Throttles',
    ]);
    for (const [, { Properties }] of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.TreatMissingData).toBe('notBreaching');
      expect(Properties.AlarmDescription.length).toBeGreaterThan(60);
    }
  });

  it('uses no wildcard that is not reviewed', () => {
    expect(
      wildcardsIn(template).filter(({ role, action, resource }) => !reviewedWildcard(role, action, resource)),
    ).toEqual([]);
  });
});

const ROLE = /^TagSuggestions(StateMachine|Backfill|History)?(\w*?)Role(?:DefaultPolicy)?[0-9A-F]{8}$/;

/** Wildcards by role, named as the list names them. */
function wildcardsIn(template: Template) {
  return resources(template, 'AWS::IAM::Policy').flatMap(([id, { Properties }]) => {
    const [, machine, part] = ROLE.exec(id) ?? [];
    const role = machine ? `${machine}/${part}Role` : `${part}Role`;
    return (Properties.PolicyDocument.Statement as Statement[])
      .flatMap(wildcardsOf)
      .map((wildcard) => ({ role, ...wildcard }));
  });
}

describe('list of wildcards', () => {
  it('has no entry that no deployment needs', () => {
    const used = names.flatMap((name) => wildcardsIn(of(name).template));
    for (const { roles, actions, resource } of WILDCARDS) {
      for (const role of roles) {
        for (const action of actions) {
          const needed = used.some(
            (one) => one.role === role && one.action === action && resource.test(one.resource),
          );
          expect(needed, `${role} ${action} ${resource}`).toBe(true);
        }
      }
    }
  });

  it('finds a wildcard that nobody reviewed', () => {
    const [greedy] = wildcardsOf({ Action: 's3:*', Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] } });
    expect(greedy).toEqual({ action: 's3:*', resource: '<Bucket.Arn>' });
    expect(reviewedWildcard('EmbeddingRole', greedy!.action, greedy!.resource)).toBeUndefined();
    expect(reviewedWildcard('ScorerRole', 's3:GetObject', '*')).toBeUndefined();
  });
});

describe('what differs', () => {
  it('makes a domain that is encrypted, speaks TLS 1.2 and is kept when the stack goes', () => {
    const [[, domain]] = resources(of('default').template, 'AWS::OpenSearchService::Domain') as [
      [string, Resource],
    ];
    expect(domain.DeletionPolicy).toBe('Retain');
    expect(domain.Properties).toMatchObject({
      EngineVersion: 'OpenSearch_2.19',
      EncryptionAtRestOptions: { Enabled: true },
      NodeToNodeEncryptionOptions: { Enabled: true },
      DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
    });
    expect(domain.Properties.AccessPolicies).toBeUndefined();
  });

  it('makes none where one is given or none is wanted', () => {
    for (const name of ['existing domain', 'without OpenSearch'] as const) {
      of(name).template.resourceCountIs('AWS::OpenSearchService::Domain', 0);
    }
  });

  it('lets the keyword and the history function use four indices and nothing else of a domain', () => {
    const statements = resources(of('existing domain').template, 'AWS::IAM::Policy').flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[],
    );
    const domain = 'arn:aws:es:eu-central-1:123456789012:domain/blog';
    const read = ['es:ESHttpGet', 'es:ESHttpPost'];
    const write = ['es:ESHttpDelete', ...read, 'es:ESHttpPut'];
    expect(statements.filter(({ Action }) => String(Action).includes('es:ES'))).toMatchObject([
      {
        Action: write,
        Resource: [`${domain}/tag-suggestions-articles/*`, `${domain}/tag-suggestions-history/*`],
      },
      {
        Action: read,
        Resource: [`${domain}/tag-suggestions-forgotten/*`, `${domain}/tag-suggestions-tags/*`],
      },
      { Action: write, Resource: `${domain}/tag-suggestions-history/*` },
      { Action: read, Resource: `${domain}/tag-suggestions-forgotten/*` },
    ]);
  });

  it('runs one keyword function without OpenSearch, in both places of the definition', () => {
    const { template } = of('without OpenSearch');
    template.resourceCountIs('AWS::Lambda::Function', 3);
    const { DefinitionSubstitutions } = machineOf(template, 'suggest-tags.asl.json');
    expect(DefinitionSubstitutions.KeywordsFunctionArn).toEqual(
      DefinitionSubstitutions.FallbackKeywordsFunctionArn,
    );
  });

  it.each(['existing domain in a VPC', 'new domain in a VPC'] as const)(
    '%s: the keyword and the history function are in the VPC, the stand-in is not',
    (name) => {
      const { template } = of(name);
      template.resourceCountIs('AWS::Lambda::Function', 5);
      const inVpc = resources(template, 'AWS::Lambda::Function').filter(
        ([, { Properties }]) => Properties.VpcConfig,
      );
      expect(inVpc.map(([id]) => id.slice(0, -8))).toEqual([
        'TagSuggestionsKeywords',
        'TagSuggestionsHistoryFunction',
      ]);
    },
  );

  it('spreads three nodes over three subnets and lets in the functions beside it alone', () => {
    const { template } = of('new domain in a VPC');
    const domain = only(template, 'AWS::OpenSearchService::Domain');
    expect(domain.VPCOptions.SubnetIds).toHaveLength(3);
    expect(domain.ClusterConfig).toMatchObject({
      ZoneAwarenessEnabled: true,
      ZoneAwarenessConfig: { AvailabilityZoneCount: 3 },
    });
    expect(only(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject({ FromPort: 443, ToPort: 443 });
  });

  it('hands policy and scoring to the functions', () => {
    const { template } = of('everything given');
    const policy = {
      KEYWORDS_MODE: 'known',
      MINIMUM_USAGE: '3',
      BLOCKED_TAGS: 'PR,雑記',
      CARRIED_TAGS: 'leave out',
    };
    expect(functionOf(template, 'Keywords').Environment.Variables).toMatchObject(policy);
    expect(functionOf(template, 'Scorer').Environment.Variables).toMatchObject({
      EVENT_BUS_NAME: 'default',
      SEMANTIC_WEIGHT: '0.6',
      THRESHOLD: '0.25',
      LIMIT: '8',
    });
  });

  it('keeps old versions, except those that would be kept warm', () => {
    const policies = (name: Deployment): Record<string, readonly [string | undefined, number | undefined]> =>
      Object.fromEntries(
        resources(of(name).template, 'AWS::Lambda::Version').map(([id, { DeletionPolicy, Properties }]) => [
          /^TagSuggestions(\w+?)CurrentVersion/.exec(id)![1]!,
          [DeletionPolicy, Properties.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions] as const,
        ]),
      );
    expect(new Set(Object.values(policies('default')).map(([kept]) => kept))).toEqual(
      new Set(['RetainExceptOnCreate']),
    );
    expect(policies('everything given')).toMatchObject({
      Embedding: ['Delete', 2],
      Keywords: ['RetainExceptOnCreate', undefined],
    });
  });

  it('takes a bus, a key and a topic instead of making them', () => {
    const { template } = of('everything given');
    template.resourceCountIs('AWS::Events::EventBus', 0);
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::KMS::Key', 1);
    for (const rule of ['Rule', 'HistoryRule']) {
      expect(one(template, 'AWS::Events::Rule', rule).EventPattern.source).toEqual(['blog.example.com']);
    }
  });

  it('finds the metrics of the default bus by rule, of another by bus and rule', () => {
    const dimensions = (name: Deployment) =>
      resources(of(name).template, 'AWS::CloudWatch::Alarm')
        .find(([id]) => id.includes('EventNotStarted'))![1]
        .Properties.Dimensions.map(({ Name }: { Name: string }) => Name);
    expect(dimensions('everything given')).toEqual(['RuleName']);
    expect(dimensions('default')).toEqual(['EventBusName', 'RuleName']);
  });

  it('refuses sources that no publisher has', async () => {
    const { articlePublishedPattern } = await import('../../infra/tag-suggestions.ts');
    expect(() => articlePublishedPattern(['aws.s3'])).toThrow('a publisher\'s own, got "aws.s3"');
    expect(() => articlePublishedPattern([''])).toThrow('got ""');
  });
});

describe('for other constructs', () => {
  const { template } = synthesize('default', (tags, stack) => {
    const subscriber = LambdaFn.fromFunctionArn(
      stack,
      'Subscriber',
      'arn:aws:lambda:eu-central-1:123456789012:function:editor',
    );
    tags.onTagsSuggested('ToEditor', {
      target: new LambdaFunction(subscriber),
      eventPattern: { detail: { metadata: { origin: ['publish'] } } },
    });
    tags.onFailed('ToOperators', { target: new LambdaFunction(subscriber) });
    const role = new Role(stack, 'Publisher', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${tags.name}:*]`,
      reason: 'Executions of one state machine have names of their own.',
    });
    tags.grantPublish(role);
    tags.grantStart(role);
    tags.grantRedrive(role);
    tags.grantRead(role);
    for (const metric of [
      tags.metricTagged(),
      tags.metricFailed(),
      tags.metricDuration(),
      tags.metricDegradedShare(),
      tags.metricWithoutTagsShare(),
      tags.metricDeadLetters(),
    ]) {
      metric.createAlarm(stack, `On${metric.metricName}`, { threshold: 1, evaluationPeriods: 1 });
    }
  });

  it('passes suggestions on, narrowed by the pattern of the subscriber', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.anyValue(),
      EventPattern: {
        source: ['tag-suggestions'],
        'detail-type': ['TagsSuggested'],
        detail: { metadata: { version: ['1'], origin: ['publish'] } },
      },
    });
  });

  it('passes failures of this state machine on, from the default bus', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.absent(),
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [Match.anyValue()] },
      },
    });
  });

  it('grants to publish, start, redrive and read, the latter with the key', () => {
    const [[, policy]] = resources(template, 'AWS::IAM::Policy').filter(([id]) =>
      id.startsWith('Publisher'),
    ) as [[string, Resource]];
    const actions = (policy.Properties.PolicyDocument.Statement as Statement[]).flatMap(
      ({ Action }) => Action,
    );
    expect(actions.sort()).toEqual([
      'events:PutEvents',
      'kms:Decrypt',
      'states:DescribeExecution',
      'states:GetExecutionHistory',
      'states:ListExecutions',
      'states:RedriveExecution',
      'states:StartExecution',
    ]);
  });

  it('has metrics to alarm on', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'TagSuggestions',
      MetricName: 'Degraded',
      Statistic: 'Average',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionTime',
      ExtendedStatistic: 'p95',
    });
  });
});

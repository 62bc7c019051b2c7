import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, Names, RemovalPolicy, Size, Stack, Token, Validations } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type Archive,
  EventBus,
  type EventPattern,
  type IEventBus,
  Match,
  type OnEventOptions,
  Rule,
} from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ARTICLE_PUBLISHED } from '../functions/contracts/article-published.ts';
import { ARTICLE_TAGGED } from '../functions/contracts/article-tagged.ts';
import { TAGS_SUGGESTED } from '../functions/contracts/tags-suggested.ts';
import type { Policy } from '../functions/keywords/policy.ts';
import { METRIC } from '../functions/shared/metric-names.ts';
import { Backfill } from './backfill.ts';
import { EventSchemas } from './event-schemas.ts';
import { History } from './history.ts';
import { Knowledge, type KnowledgeProps } from './knowledge.ts';
import { LogQueries } from './log-queries.ts';
import { type AlarmThresholds, Monitoring, ownMetric } from './monitoring.ts';
import { allowIndices, OpenSearch } from './open-search.ts';
import { acknowledgeWildcards } from './wildcards.ts';
import { WorkflowFunction, type WorkflowFunctionProps } from './workflow-function.ts';

const DEFINITION = join(import.meta.dirname, '../statemachines/suggest-tags.asl.json');
const JAPANESE_DICTIONARY = join(
  import.meta.dirname,
  '../node_modules/lindera-wasm-ipadic/lindera_wasm_bg.wasm',
);

export interface TagSuggestionsProps {
  /**
   * Bus on which articles are published and suggestions appear.
   *
   * @default a new bus
   */
  readonly eventBus?: IEventBus;
  /**
   * Publishers whose `ArticlePublished` and `ArticleTagged` count, by the event's `source`.
   *
   * @default - any
   */
  readonly sources?: readonly string[];
  /**
   * Where keywords come from.
   *
   * @default OpenSearch.newDomain(), a single small node with a public endpoint that takes signed requests only
   */
  readonly openSearch?: OpenSearch;
  /**
   * Beginning of the names of the four indices, so that installations can share a domain.
   *
   * @default tag-suggestions
   */
  readonly indexPrefix?: string;
  /**
   * Buckets that an article's `bodyLocation` may point to.
   *
   * @default - none; bodies travel inline, up to 128 KiB
   */
  readonly bodyBuckets?: readonly IBucket[];
  /**
   * Buckets from where a backfill may read archives of articles, beside the one that is made for it.
   *
   * @default - none
   */
  readonly backfillBuckets?: readonly IBucket[];
  /**
   * Model, catalogue and fit, when not the project's own.
   *
   * @default - what ships with the project
   */
  readonly knowledge?: KnowledgeProps;
  /**
   * What is suggested at all; see `Policy` for each default.
   *
   * @default - phrases of the text beside the catalogue's tags, none blocked
   */
  readonly policy?: Partial<Policy>;
  /**
   * How the two parts of a score are fused and cut.
   *
   * @default - 0.7 × semantic + 0.3 × frequency, kept from 0.3, at most 5
   */
  readonly scoring?: {
    readonly semanticWeight?: number;
    readonly threshold?: number;
    readonly limit?: number;
  };
  /**
   * Environments of the embedding function that are kept warm, about 9 USD a month each.
   *
   * @default 0, a first call loads the model
   */
  readonly provisionedConcurrency?: number;
  /**
   * How long published articles and their tags stay in the archive, from where they can be replayed.
   *
   * @default Duration.days(30)
   */
  readonly archiveRetention?: Duration;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Encrypts what executions hold: the articles.
   *
   * @default a new key, rotated yearly
   */
  readonly encryptionKey?: IKey;
  /**
   * Told of every alarm, and of its end.
   *
   * @default a new topic, encrypted with the key
   */
  readonly alarmTopic?: ITopic;
  /** @default - see AlarmThresholds */
  readonly alarms?: AlarmThresholds;
}

/**
 * Suggests tags for published articles: takes `ArticlePublished` from an event bus, puts `TagsSuggested` on it.
 *
 * What will exist in the account, in the order of the constructor:
 * - a KMS key, unless one is given
 * - an event bus, unless one is given; on it an archive of the published articles, and their schemas in a registry
 * - the model's three files in the CDK assets bucket
 * - an OpenSearch domain, unless one is given or none is wanted; in a VPC with security groups for it and its function
 * - five functions, each with a role and a log group: keywords (beside the domain), its stand-in without network,
 *   embedding, scorer, history (beside the domain); without OpenSearch three, as the stand-in is all there is
 * - the state machine with its role and log group
 * - the rule that starts it, with a role and a dead-letter queue
 * - the state machine that suggests tags for an archive, with its role and log group, and a bucket
 * - with OpenSearch, the rule for what authors keep, with a dead-letter queue
 * - an SNS topic, unless one is given, thirteen alarms (ten without OpenSearch), a dashboard, and saved queries over the functions' logs
 *
 * @example
 * const tags = new TagSuggestions(this, 'TagSuggestions', { eventBus, bodyBuckets: [articles] });
 * tags.onTagsSuggested('ToEditor', { target: new LambdaFunction(editor) });
 */
export class TagSuggestions extends Construct {
  /** Of the state machine, the rule, the dashboard, the registry, a new bus, and the `service` of logs and metrics. */
  readonly name: string;
  readonly eventBus: IEventBus;
  /** Articles published in the last weeks; `aws events start-replay` publishes them again. */
  readonly archive: Archive;
  /** `https://…` of OpenSearch, where there is one. */
  readonly openSearchUrl: string | undefined;
  readonly keywordsFunction: WorkflowFunction;
  /** The embedded engine; the same as {@link keywordsFunction} without OpenSearch. */
  readonly fallbackKeywordsFunction: WorkflowFunction;
  readonly embeddingFunction: WorkflowFunction;
  readonly scorerFunction: WorkflowFunction;
  readonly stateMachine: StateMachine;
  readonly rule: Rule;
  readonly deadLetterQueue: Queue;
  /** Records which tags authors keep; undefined without OpenSearch. */
  readonly history: History | undefined;
  /** Suggests tags for an archive of articles. */
  readonly backfill: Backfill;
  readonly encryptionKey: IKey;
  readonly alarmTopic: ITopic;
  readonly monitoring: Monitoring;

  constructor(scope: Construct, id: string, props: TagSuggestionsProps = {}) {
    super(scope, id);
    const { indexPrefix = 'tag-suggestions', bodyBuckets = [], scoring = {}, policy = {} } = props;
    const { provisionedConcurrency = 0, logRetention = RetentionDays.ONE_MONTH } = props;
    const name = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
    this.name = name;

    this.encryptionKey =
      props.encryptionKey ??
      new Key(this, 'Key', {
        description: 'Articles in executions of tag suggestions',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.DESTROY,
      });

    this.eventBus = props.eventBus ?? (new EventBus(this, 'Bus', { eventBusName: name }) as IEventBus);
    const articlePublished = articlePublishedPattern(props.sources);
    new EventSchemas(this, 'Schemas', { registryName: name });

    const knowledge = new Knowledge(this, 'Knowledge', props.knowledge);
    const search = (props.openSearch ?? OpenSearch.newDomain()).connect(this);
    this.openSearchUrl = search?.url;
    this.archive = this.eventBus.archive('Archive', {
      description: 'Published articles and their tags, to be replayed',
      eventPattern: search
        ? eventPatternOf([ARTICLE_PUBLISHED, ARTICLE_TAGGED], props.sources)
        : articlePublished,
      retention: props.archiveRetention ?? Duration.days(30),
    });

    const workflowFunction = (
      functionId: string,
      options: Omit<WorkflowFunctionProps, 'serviceName' | 'logRetention'>,
    ) => new WorkflowFunction(this, functionId, { ...options, serviceName: name, logRetention });
    this.fallbackKeywordsFunction = workflowFunction('FallbackKeywords', {
      entry: 'keywords/handler.ts',
      description: 'Finds the tags that an article could carry, without OpenSearch',
      memorySize: 1769,
      timeout: Duration.seconds(9),
      files: { ...knowledge.files, 'lindera_wasm_bg.wasm': JAPANESE_DICTIONARY },
      environment: { LINDERA_WASM: '/var/task/lindera_wasm_bg.wasm', ...policyEnvironment(policy) },
    });
    this.keywordsFunction = search
      ? workflowFunction('Keywords', {
          entry: 'keywords/opensearch/handler.ts',
          description: 'Finds the tags that an article could carry, with OpenSearch',
          memorySize: 1024,
          timeout: Duration.seconds(8),
          files: knowledge.files,
          environment: {
            OPENSEARCH_URL: search.url,
            OPENSEARCH_AUTHENTICATION: 'iam',
            OPENSEARCH_INDEX_PREFIX: indexPrefix,
            ...policyEnvironment(policy),
          },
          ...(search.network && { network: search.network }),
        })
      : this.fallbackKeywordsFunction;
    this.embeddingFunction = workflowFunction('Embedding', {
      entry: 'embedding/handler.ts',
      description: 'Turns articles and candidates into vectors',
      memorySize: 1024,
      timeout: Duration.seconds(5),
      ephemeralStorageSize: Size.gibibytes(1),
      provisionedConcurrency,
      environment: {
        MODEL_BUCKET: knowledge.modelBucketName,
        MODEL_PREFIX: knowledge.modelPrefix,
        MODEL_SHA256: knowledge.modelSha256,
      },
    });
    this.scorerFunction = workflowFunction('Scorer', {
      entry: 'scorer/handler.ts',
      description: 'Fuses the signals, ranks, and puts TagsSuggested on the bus',
      memorySize: 512,
      timeout: Duration.seconds(10),
      files: { 'fit.json': knowledge.fit },
      environment: {
        EVENT_BUS_NAME: this.eventBus.eventBusName,
        ...definedVariables({
          SEMANTIC_WEIGHT: scoring.semanticWeight,
          THRESHOLD: scoring.threshold,
          LIMIT: scoring.limit,
        }),
      },
    });

    knowledge.grantReadModel(this.embeddingFunction);
    this.eventBus.grantPutEventsTo(this.scorerFunction);
    if (search) {
      allowIndices(this.keywordsFunction, search, indexPrefix, {
        write: ['articles', 'history'],
        read: ['tags', 'forgotten'],
      });
    }
    for (const reader of new Set([
      this.keywordsFunction,
      this.fallbackKeywordsFunction,
      this.embeddingFunction,
    ])) {
      for (const bucket of bodyBuckets) {
        reader.addToRolePolicy(
          new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
        );
        bucket.encryptionKey?.grantDecrypt(reader);
      }
    }

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      // Its role's permission for the key names the state machine before it exists.
      stateMachineName: name,
      definitionBody: DefinitionBody.fromString(readFileSync(DEFINITION, 'utf8')),
      definitionSubstitutions: {
        KeywordsFunctionArn: this.keywordsFunction.version.functionArn,
        FallbackKeywordsFunctionArn: this.fallbackKeywordsFunction.version.functionArn,
        EmbeddingFunctionArn: this.embeddingFunction.version.functionArn,
        ScorerFunctionArn: this.scorerFunction.version.functionArn,
      },
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(this.encryptionKey),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'StateMachineLogs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // What passes between states is the article.
        includeExecutionData: false,
      },
    });
    const functions = {
      Keywords: this.keywordsFunction,
      ...(search && { FallbackKeywords: this.fallbackKeywordsFunction }),
      Embedding: this.embeddingFunction,
      Scorer: this.scorerFunction,
    };
    for (const f of Object.values(functions)) f.grantInvoke(this.stateMachine);

    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason:
        'This is the dead-letter queue, of a rule and not of a queue. Nothing receives from it but people.',
    });
    const starter = new Role(this, 'RuleRole', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: 'Starts an execution for each published article',
    });
    this.grantStart(starter);
    const ruleName = name;
    this.rule = new Rule(this, 'Rule', {
      ruleName,
      description: 'Suggest tags for each published article',
      eventBus: this.eventBus,
      eventPattern: articlePublished,
      targets: [
        new SfnStateMachine(this.stateMachine, {
          role: starter,
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });

    if (search) {
      this.history = new History(this, 'History', {
        eventBus: this.eventBus,
        eventPattern: articleTaggedPattern(props.sources),
        ruleName: `${name}-tags`,
        search,
        indexPrefix,
        serviceName: name,
        logRetention,
      });
    }

    this.backfill = new Backfill(this, 'Backfill', {
      name: `${name}-backfill`,
      suggestTags: this.stateMachine,
      suggestTagsName: name,
      knowledgeVersion: knowledge.version,
      encryptionKey: this.encryptionKey,
      logRetention,
      ...(props.backfillBuckets && { sourceBuckets: props.backfillBuckets }),
    });

    this.alarmTopic = props.alarmTopic ?? this.#createTopic();
    const allFunctions = { ...functions, ...(this.history && { History: this.history.function }) };
    // Metrics of the default bus do not carry its name.
    const onBus = this.eventBus.eventBusName !== 'default' && { EventBusName: this.eventBus.eventBusName };
    this.monitoring = new Monitoring(this, 'Monitoring', {
      serviceName: name,
      stateMachine: this.stateMachine,
      functions: allFunctions,
      deadLetterQueue: this.deadLetterQueue,
      rule: { RuleName: ruleName, ...onBus },
      ...(this.history && {
        history: {
          function: this.history.function,
          deadLetterQueue: this.history.deadLetterQueue,
          rule: { RuleName: `${name}-tags`, ...onBus },
        },
      }),
      topic: this.alarmTopic,
      thresholds: props.alarms ?? {},
      dashboardName: name,
    });

    new LogQueries(this, 'LogQueries', {
      folder: name,
      logGroups: Object.values(allFunctions).map(({ logGroup }) => logGroup),
    });

    acknowledgeWildcards(this);
  }

  /** A rule that passes each `TagsSuggested` of this bus on to a target. */
  onTagsSuggested(id: string, options: OnEventOptions = {}): Rule {
    return this.#onEvent(id, options, this.eventBus, {
      source: [TAGS_SUGGESTED.source],
      detailType: [TAGS_SUGGESTED.detailType],
      detail: { metadata: { version: [TAGS_SUGGESTED.version] } },
    });
  }

  /**
   * A rule that passes on AWS's own event of each execution that failed, timed out or was aborted. It is on the
   * account's default bus. As executions are encrypted with a key, the event carries no input, error or cause, and
   * so no article: `detail.executionArn` leads to them, for those who have {@link grantRead}.
   */
  onFailed(id: string, options: OnEventOptions = {}): Rule {
    return this.#onEvent(id, options, undefined, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [this.stateMachine.stateMachineArn],
      },
    });
  }

  /** Allows to publish articles. */
  grantPublish(publisher: IGrantable): Grant {
    return this.eventBus.grantPutEventsTo(publisher);
  }

  /** Allows to start executions, with an event as input. */
  grantStart(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Allows to redrive executions that failed. */
  grantRedrive(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['states:RedriveExecution'],
      resourceArns: [this.#executions()],
    });
  }

  /** Allows to list executions and to read their input, output, errors and history, which the key encrypts. */
  grantRead(grantee: IGrantable): Grant {
    const { stateMachineArn } = this.stateMachine;
    return Grant.addToPrincipal({
      grantee,
      actions: ['states:ListExecutions'],
      resourceArns: [stateMachineArn],
    })
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
          resourceArns: [this.#executions()],
        }),
      )
      .combine(
        Grant.addToPrincipal({
          grantee,
          actions: ['kms:Decrypt'],
          resourceArns: [this.encryptionKey.keyArn],
          conditions: {
            StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn },
          },
        }),
      );
  }

  /** Articles that got suggestions. */
  metricTagged(options?: MetricOptions): Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /** Articles that got none, because the execution failed. */
  metricFailed(options?: MetricOptions): Metric {
    return this.stateMachine.metricFailed(options);
  }

  /** Milliseconds from event to suggestions; 95th percentile by default. */
  metricDuration(options?: MetricOptions): Metric {
    return this.stateMachine.metricTime({ statistic: 'p95', ...options });
  }

  /** Share of articles, in [0, 1], whose suggestions lack a signal or have it from its stand-in. */
  metricDegradedShare(options?: MetricOptions): Metric {
    return ownMetric(this.name, METRIC.degraded, 'Average').with(options ?? {});
  }

  /** Share of articles, in [0, 1], in which nothing scored. */
  metricWithoutTagsShare(options?: MetricOptions): Metric {
    return ownMetric(this.name, METRIC.withoutTags, 'Average').with(options ?? {});
  }

  /** Events that did not start an execution and wait in the dead-letter queue. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      ...options,
    });
  }

  #onEvent(
    id: string,
    options: OnEventOptions,
    eventBus: IEventBus | undefined,
    pattern: EventPattern,
  ): Rule {
    const { target, eventPattern, crossStackScope, ...rest } = options;
    const rule = new Rule(crossStackScope ?? this, id, {
      ...rest,
      ...(eventBus && { eventBus }),
      eventPattern: pattern,
    });
    rule.addEventPattern(eventPattern);
    rule.addTarget(target);
    return rule;
  }

  /** By name and not by ARN, so that the wildcard over executions is all there is to acknowledge. */
  #executions(): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #createTopic(): Topic {
    // Alarms reach an encrypted topic only when CloudWatch may use its key.
    this.encryptionKey.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return new Topic(this, 'Alarms', {
      displayName: 'Alarms of tag suggestions',
      masterKey: this.encryptionKey,
      enforceSSL: true,
    });
  }
}

/**
 * `ArticlePublished` in version 1, however it is written. Without any version it matches, too: the execution then
 * fails and names the field, where a rule would pass over in silence.
 */
export function articlePublishedPattern(sources?: readonly string[]): EventPattern {
  return eventPatternOf([ARTICLE_PUBLISHED], sources);
}

/** `ArticleTagged` in version 1, however it is written; without any version the history function names the field. */
export function articleTaggedPattern(sources?: readonly string[]): EventPattern {
  return eventPatternOf([ARTICLE_TAGGED], sources);
}

function eventPatternOf(detailTypes: string[], sources?: readonly string[]): EventPattern {
  for (const source of sources ?? []) {
    if (!Token.isUnresolved(source) && (source === '' || source.startsWith('aws.'))) {
      throw new Error(`a source of articles must be a publisher's own, got ${JSON.stringify(source)}`);
    }
  }
  return {
    ...(sources && sources.length > 0 && { source: [...sources] }),
    detailType: detailTypes,
    detail: { metadata: { version: ['1', 1, ...Match.prefix('1.'), ...Match.doesNotExist()] } },
  };
}

function policyEnvironment({
  mode,
  minimumUsage,
  blocked,
  carried,
}: Partial<Policy>): Record<string, string> {
  return definedVariables({
    KEYWORDS_MODE: mode,
    MINIMUM_USAGE: minimumUsage,
    BLOCKED_TAGS: blocked?.join(','),
    CARRIED_TAGS: carried,
  });
}

function definedVariables(variables: Record<string, string | number | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

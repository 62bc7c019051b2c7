import { Duration, Validations } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allowIndices, type OpenSearchConnection } from './open-search.ts';
import { WorkflowFunction } from './workflow-function.ts';

export interface HistoryProps {
  readonly eventBus: IEventBus;
  /** Of the events `ArticleTagged`. */
  readonly eventPattern: EventPattern;
  readonly ruleName: string;
  readonly search: OpenSearchConnection;
  /** Beginning of the names of the indices. */
  readonly indexPrefix: string;
  /** Of the log lines and the `service` dimension of the metrics. */
  readonly serviceName: string;
  readonly logRetention: RetentionDays;
}

/**
 * Records what authors keep: a rule for `ArticleTagged`, a function beside the domain, and one queue for what could not
 * be delivered to the function and for what the function could not record in three attempts. Either way a message is
 * the event, its attributes say why.
 */
export class History extends Construct {
  readonly function: WorkflowFunction;
  readonly rule: Rule;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: HistoryProps) {
    super(scope, id);
    const { eventBus, eventPattern, ruleName, search, indexPrefix, serviceName, logRetention } = props;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue, of a rule and of its function. Only people receive from it.',
    });
    this.function = new WorkflowFunction(this, 'Function', {
      entry: 'history/handler.ts',
      description: 'Records which tags authors keep',
      memorySize: 512,
      timeout: Duration.seconds(9),
      serviceName,
      logRetention,
      deadLetterQueue: this.deadLetterQueue,
      environment: {
        OPENSEARCH_URL: search.url,
        OPENSEARCH_AUTHENTICATION: 'iam',
        OPENSEARCH_INDEX_PREFIX: indexPrefix,
      },
      ...(search.network && { network: search.network }),
    });
    allowIndices(this.function, search, indexPrefix, { write: ['history'], read: ['forgotten'] });
    this.rule = new Rule(this, 'Rule', {
      ruleName,
      description: 'Record which tags authors keep',
      eventBus,
      eventPattern,
      targets: [
        new LambdaFunction(this.function, {
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

const DEFINITION = readFileSync(join(import.meta.dirname, '../statemachines/backfill.asl.json'), 'utf8');

export interface BackfillProps {
  /** Of the state machine. */
  readonly name: string;
  /** The state machine that is run once for each article. */
  readonly suggestTags: StateMachine;
  /** Name of that state machine: permissions name executions by it. */
  readonly suggestTagsName: string;
  /** Changes with model, catalogue or fit: what an article was done with. */
  readonly knowledgeVersion: string;
  /** Encrypts what executions hold: the articles. */
  readonly encryptionKey: IKey;
  readonly logRetention: RetentionDays;
  /**
   * Buckets, beside {@link Backfill.bucket}, from where archives are read.
   *
   * @default - none
   */
  readonly sourceBuckets?: readonly IBucket[];
}

/**
 * Suggests tags for articles that were published long ago: a state machine over JSON Lines in S3 that runs suggest-tags
 * once for each line, and a bucket for archives and results.
 */
export class Backfill extends Construct {
  readonly stateMachine: StateMachine;
  /** Takes archives; has what came of them under `results/`. Everything in it is deleted after 30 days. */
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { name, suggestTags, encryptionKey } = props;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'A place to work in for whoever runs a backfill, emptied after 30 days: logs of who read it would outlive it, and CloudTrail has them where they are wanted.',
    });

    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'Suggests tags for an archive of articles',
    });
    this.#allowReading(role, [this.bucket as IBucket, ...(props.sourceBuckets ?? [])]);
    this.#allowChildren(role, props);
    this.#allowMapRun(role, props);

    this.stateMachine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      role,
      definitionBody: DefinitionBody.fromString(DEFINITION),
      definitionSubstitutions: {
        SuggestTagsArn: suggestTags.stateMachineArn,
        SuggestTagsExecutionArn: this.#states('execution', props.suggestTagsName),
        KnowledgeVersion: props.knowledgeVersion,
        BackfillBucketName: this.bucket.bucketName,
      },
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(encryptionKey),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'MachineLogs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // What passes between states is the article.
        includeExecutionData: false,
      },
    });
  }

  #allowReading(role: Role, buckets: readonly IBucket[]): void {
    for (const bucket of buckets) {
      role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
      role.addToPolicy(
        new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
      );
      bucket.encryptionKey?.grantDecrypt(role);
    }
  }

  /** What `startExecution.sync:2` needs: to start, to be told of the end, to look, and to stop with its parent. */
  #allowChildren(role: Role, { suggestTags, suggestTagsName, encryptionKey }: BackfillProps): void {
    suggestTags.grantStartExecution(role);
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [`${this.#states('execution', suggestTagsName)}:backfill-*`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        resources: [
          Stack.of(this).formatArn({
            service: 'events',
            resource: 'rule',
            resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
          }),
        ],
      }),
    );
    // How a child ended is encrypted with the key.
    this.#allowKey(role, encryptionKey, ['kms:Decrypt'], this.#states('stateMachine', suggestTagsName));
  }

  /** What a Distributed Map needs: to run its items as executions of its own definition, and to write results. */
  #allowMapRun(role: Role, { name, encryptionKey }: BackfillProps): void {
    const label = mapLabel();
    const itself = this.#states('stateMachine', name);
    role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [itself] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [`${this.#states('execution', name)}/${label}:*`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
        resources: [this.bucket.arnForObjects('results/*')],
      }),
    );
    this.#allowKey(role, encryptionKey, ['kms:Decrypt', 'kms:GenerateDataKey'], `${itself}/${label}`);
  }

  #allowKey(role: Role, key: IKey, actions: string[], stateMachineArn: string): void {
    role.addToPolicy(
      new PolicyStatement({
        actions,
        resources: [key.keyArn],
        conditions: {
          StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn },
        },
      }),
    );
  }

  /** By name, as neither machine may have to exist before the role that it is made with. */
  #states(resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat });
  }
}

/** Step Functions puts the label of the Map between the names of machine and execution. */
function mapLabel(): string {
  const states = Object.values(JSON.parse(DEFINITION).States) as { Label?: string }[];
  return states.find(({ Label }) => Label)!.Label!;
}

import { join } from 'node:path';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing, type Version } from 'aws-cdk-lib/aws-lambda';
import { Charset, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../functions/shared/metric-names.ts';
import type { Network } from './open-search.ts';

const PROJECT = join(import.meta.dirname, '..');

export interface WorkflowFunctionProps {
  /** Module with an export `handler`, below `functions/`. */
  readonly entry: string;
  readonly description: string;
  /** MiB; Lambda gives processor time in proportion, one whole core at 1769. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** Of the log lines and the `service` dimension of the metrics. */
  readonly serviceName: string;
  readonly logRetention: RetentionDays;
  readonly environment?: Record<string, string>;
  /**
   * Files and folders that lie beside the bundle: name there, and where they are now.
   *
   * @default - none
   */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * /tmp.
   *
   * @default 512 MiB
   */
  readonly ephemeralStorageSize?: Size;
  /**
   * Takes the events that failed three times, of a function that is called asynchronously.
   *
   * @default - none; who calls it sees the error
   */
  readonly deadLetterQueue?: IQueue;
  /** @default - outside of any VPC */
  readonly network?: Required<Pick<Network, 'vpc' | 'securityGroups'>> & Network;
  /**
   * Environments kept warm for the newest version.
   *
   * @default 0
   */
  readonly provisionedConcurrency?: number;
}

/**
 * A function of the workflow: arm64, Node.js 24, one ESM file without the SDK that the runtime brings, traced, with
 * a log group and a role of its own.
 *
 * Each change publishes a version. State machines call versions, so that an execution ends with the code, fit and
 * catalogue that it started with, and a redrive after a deployment, too.
 */
export class WorkflowFunction extends NodejsFunction {
  readonly version: Version;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    const { entry, network, serviceName, files = {}, provisionedConcurrency = 0 } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    super(scope, id, {
      entry: join(PROJECT, 'functions', entry),
      projectRoot: PROJECT,
      depsLockFilePath: join(PROJECT, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        POWERTOOLS_SERVICE_NAME: serviceName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      ...(props.ephemeralStorageSize && { ephemeralStorageSize: props.ephemeralStorageSize }),
      ...(network && {
        vpc: network.vpc,
        securityGroups: network.securityGroups,
        ...(network.vpcSubnets && { vpcSubnets: network.vpcSubnets }),
      }),
      currentVersionOptions: {
        description: props.description,
        // Provisioned environments of a version that nobody calls would be paid for ever. A version that a failed
        // deployment made must go, or the next attempt could not publish it again.
        removalPolicy:
          provisionedConcurrency > 0 ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        ...(provisionedConcurrency > 0 && { provisionedConcurrentExecutions: provisionedConcurrency }),
      },
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        charset: Charset.UTF8,
        externalModules: ['@aws-sdk/*', '@smithy/*'],
        // CommonJS dependencies ask for Node's own modules by require.
        banner: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);",
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (_, output) =>
            Object.entries(files).map(([file, source]) => `cp -R "${source}" "${output}/${file}"`),
        },
      },
    });
    logGroup.grantWrite(role);
    if (network) allowNetworkInterfaces(role);
    this.version = this.currentVersion;
  }
}

/** What Lambda needs to stand in a VPC. EC2 does not let network interfaces be named before they exist. */
function allowNetworkInterfaces(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
}

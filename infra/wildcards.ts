import { Stack, Validations } from 'aws-cdk-lib';
import { Policy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Permissions that do not name their resource to the end, and why they cannot. */
export interface Wildcard {
  /** Roles, by their path below the construct. */
  readonly roles: readonly string[];
  readonly actions: readonly string[];
  /** The resource as {@link flattenReferences} writes it. */
  readonly resource: RegExp;
  readonly reason: string;
}

/**
 * Every wildcard in the policies that the construct makes, reviewed. A test holds that there is no other, over
 * deployments with and without OpenSearch, VPC and buckets.
 */
export const WILDCARDS: readonly Wildcard[] = [
  {
    roles: ['KeywordsRole', 'FallbackKeywordsRole', 'EmbeddingRole', 'ScorerRole', 'History/FunctionRole'],
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resource: /^\*$/,
    reason: 'Tracing: X-Ray has no resource to name for what is sent to it.',
  },
  {
    roles: ['StateMachine/Role', 'Backfill/Role'],
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    resource: /^\*$/,
    reason: 'Tracing: X-Ray has no resource to name for what is sent to it.',
  },
  {
    roles: ['StateMachine/Role', 'Backfill/Role'],
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resource: /^\*$/,
    reason: 'Log delivery of Step Functions: CloudWatch Logs takes no resource for these actions.',
  },
  {
    roles: ['KeywordsRole', 'History/FunctionRole'],
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resource: /^\*$/,
    reason: 'Network interfaces in the VPC: Lambda makes them with this role, before they have a name.',
  },
  {
    roles: ['KeywordsRole'],
    actions: ['es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpDelete'],
    resource: /^[^*]+\/[a-z0-9-]+-articles\/\*$/,
    reason: 'Paths below one index: its documents and their term vectors.',
  },
  {
    roles: ['KeywordsRole', 'History/FunctionRole'],
    actions: ['es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut', 'es:ESHttpDelete'],
    resource: /^[^*]+\/[a-z0-9-]+-history\/\*$/,
    reason:
      'Paths below one index: what authors kept, and what is taken back as they were forgotten meanwhile.',
  },
  {
    roles: ['KeywordsRole', 'History/FunctionRole'],
    actions: ['es:ESHttpGet', 'es:ESHttpPost'],
    resource: /^[^*]+\/[a-z0-9-]+-forgotten\/\*$/,
    reason: 'Paths below one index: who is forgotten is looked up, not changed.',
  },
  {
    roles: ['KeywordsRole'],
    actions: ['es:ESHttpGet', 'es:ESHttpPost'],
    resource: /^[^*]+\/[a-z0-9-]+-tags\/\*$/,
    reason: 'Paths below one index: the catalogue is searched, not changed.',
  },
  {
    roles: ['EmbeddingRole'],
    actions: ['s3:GetObject'],
    resource: /^arn:[^*]+:s3:::[^*]+-assets-[^*]+\/models\/\*$/,
    reason: 'Models by their hash: a version from before a deployment still reads its own.',
  },
  {
    roles: ['KeywordsRole', 'FallbackKeywordsRole', 'EmbeddingRole'],
    actions: ['s3:GetObject'],
    resource: /^(?:<\w+\.Arn>|arn:[^*]+:s3:::[^*/]+)\/\*$/,
    reason: 'Bodies of articles: buckets are named by the deployer, keys by publishers.',
  },
  {
    roles: ['StateMachine/Role'],
    actions: ['lambda:InvokeFunction'],
    resource: /^<\w+\.Arn>:\*$/,
    reason:
      'Versions of one function: executions and redrives from before a deployment call those they began with.',
  },
  {
    roles: ['Backfill/Role'],
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resource: /^[^*]+:execution:[\w-]+:backfill-\*$/,
    reason: 'Executions of suggest-tags that backfills start: each is named by the hash of its article.',
  },
  {
    roles: ['Backfill/Role'],
    actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    resource: /^[^*]+:execution:[\w-]+-backfill\/Articles:\*$/,
    reason: 'Executions that its own Distributed Map makes: Step Functions names them.',
  },
  {
    roles: ['Backfill/Role'],
    actions: ['s3:GetObject'],
    resource: /^(?:<\w+\.Arn>|arn:[^*]+:s3:::[^*/]+)\/\*$/,
    reason: 'Archives of articles: buckets are named by the deployer, keys by whoever fills them.',
  },
  {
    roles: ['Backfill/Role'],
    actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resource: /^<\w+\.Arn>\/results\/\*$/,
    reason: 'Results of backfills: Step Functions names them after the run.',
  },
];

/** The entry that allows an action on a resource to a role, if there is one. */
export function reviewedWildcard(role: string, action: string, resource: string): Wildcard | undefined {
  return WILDCARDS.find(
    (wildcard) =>
      wildcard.roles.includes(role) && wildcard.actions.includes(action) && wildcard.resource.test(resource),
  );
}

/** A resolved CloudFormation value as one string, references as `<Id>` and `<Id.Attribute>`, as cdk-nag writes them. */
export function flattenReferences(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  switch (name) {
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(flattenReferences).join(separator);
    }
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::Sub':
      return String(argument).replace(/\$\{([^}]+)\}/g, '<$1>');
    case 'Ref':
      return `<${argument}>`;
    default:
      return JSON.stringify(value);
  }
}

/** A statement of a policy, as it stands in a template. */
export interface Statement {
  Action: string | string[];
  Resource: unknown;
}

/** The pairs of action and resource in which a statement uses a wildcard. */
export function wildcardsOf({ Action, Resource }: Statement): { action: string; resource: string }[] {
  return [Action].flat().flatMap((action) =>
    [Resource].flat().flatMap((value) => {
      const resource = flattenReferences(value);
      return action.includes('*') || resource.includes('*') ? [{ action, resource }] : [];
    }),
  );
}

/** Tells cdk-nag of the reviewed wildcards in the policies below a construct; it reports any other. */
export function acknowledgeWildcards(scope: Construct): void {
  for (const policy of scope.node.findAll().filter((node) => node instanceof Policy)) {
    const role = policy.node.scope!.node.path.slice(scope.node.path.length + 1);
    const { Statement: statements = [] } = Stack.of(scope).resolve(policy.document.toJSON()) ?? {};
    for (const { action, resource } of (statements as Statement[]).flatMap(wildcardsOf)) {
      const reviewed = reviewedWildcard(role, action, resource);
      if (!reviewed) continue;
      Validations.of(policy).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason: reviewed.reason,
      });
    }
  }
}

import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type Network, OpenSearch } from './open-search.ts';
import type { Settings } from './settings.ts';
import { TagSuggestions } from './tag-suggestions.ts';

/** The construct as an app of its own, wired to what the settings name. */
export class TagSuggestionsStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, props?: StackProps) {
    super(scope, id, { description: 'Tag suggestions for published articles', ...props });
    const { eventBusName, alarmEmail } = settings;
    const buckets = new Map<string, IBucket>();
    const bucketOf = (bucket: string) => {
      if (!buckets.has(bucket)) {
        buckets.set(bucket, Bucket.fromBucketName(this, `Bucket-${bucket}`, bucket));
      }
      return buckets.get(bucket)!;
    };
    const tags = new TagSuggestions(this, 'TagSuggestions', {
      ...(eventBusName && { eventBus: EventBus.fromEventBusName(this, 'Bus', eventBusName) }),
      sources: settings.sources,
      openSearch: this.#openSearch(settings),
      ...(settings.indexPrefix && { indexPrefix: settings.indexPrefix }),
      bodyBuckets: settings.bodyBuckets.map(bucketOf),
      backfillBuckets: settings.backfillBuckets.map(bucketOf),
      provisionedConcurrency: settings.provisionedConcurrency,
      archiveRetention: Duration.days(settings.archiveDays),
    });
    if (alarmEmail) tags.alarmTopic.addSubscription(new EmailSubscription(alarmEmail));

    const outputs = {
      EventBusName: tags.eventBus.eventBusName,
      ArchiveArn: tags.archive.archiveArn,
      StateMachineArn: tags.stateMachine.stateMachineArn,
      BackfillStateMachineArn: tags.backfill.stateMachine.stateMachineArn,
      BackfillBucketName: tags.backfill.bucket.bucketName,
      DeadLetterQueueUrl: tags.deadLetterQueue.queueUrl,
      AlarmTopicArn: tags.alarmTopic.topicArn,
      Dashboard: `https://${this.region}.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/${tags.monitoring.dashboard.dashboardName}`,
      ...(tags.history && { HistoryDeadLetterQueueUrl: tags.history.deadLetterQueue.queueUrl }),
      ...(tags.openSearchUrl && { OpenSearchUrl: tags.openSearchUrl }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  #openSearch(settings: Settings): OpenSearch {
    const { openSearch, openSearchDomainArn, dataNodes, instanceType } = settings;
    const network = this.#network(settings);
    if (openSearch === 'none') return OpenSearch.none();
    if (openSearch === 'domain') {
      return OpenSearch.newDomain({
        dataNodes,
        ...(instanceType && { instanceType }),
        ...(network && { network }),
      });
    }
    return OpenSearch.existing({
      endpoint: openSearch,
      domainArn: openSearchDomainArn!,
      ...(network && { network }),
    });
  }

  #network({ vpcId, subnetIds, availabilityZones, securityGroupIds }: Settings): Network | undefined {
    if (!vpcId) return undefined;
    return {
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones, privateSubnetIds: subnetIds }),
      ...(securityGroupIds.length > 0 && {
        securityGroups: securityGroupIds.map((group) =>
          SecurityGroup.fromSecurityGroupId(this, `SecurityGroup-${group}`, group),
        ),
      }),
    };
  }
}

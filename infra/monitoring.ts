import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { METRIC, METRICS_NAMESPACE, type MetricName } from '../functions/shared/metric-names.ts';
import type { WorkflowFunction } from './workflow-function.ts';

export interface AlarmThresholds {
  /**
   * Share of articles whose suggestions are degraded, over a quarter of an hour.
   *
   * @default 0.1
   */
  readonly degradedShare?: number;
  /**
   * From event to suggestions, 95th percentile over a quarter of an hour.
   *
   * @default 15 seconds
   */
  readonly duration?: Duration;
}

export interface MonitoringProps {
  readonly serviceName: string;
  readonly stateMachine: StateMachine;
  readonly functions: Readonly<Record<string, WorkflowFunction>>;
  readonly deadLetterQueue: IQueue;
  /** Dimensions of the rule that starts executions. */
  readonly rule: Readonly<Record<string, string>>;
  /**
   * What records which tags authors keep.
   *
   * @default - nothing does
   */
  readonly history?: {
    readonly function: WorkflowFunction;
    readonly deadLetterQueue: IQueue;
    readonly rule: Readonly<Record<string, string>>;
  };
  readonly topic: ITopic;
  readonly thresholds: AlarmThresholds;
  readonly dashboardName: string;
}

const FIVE_MINUTES = Duration.minutes(5);

/** A metric that the functions write. */
export function ownMetric(serviceName: string, metricName: MetricName, statistic: string): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service: serviceName },
    statistic,
    period: FIVE_MINUTES,
  });
}

/** Alarms that say what happened and what to do, and a dashboard that is read from top to bottom. */
export class Monitoring extends Construct {
  readonly alarms: Alarm[] = [];
  readonly dashboard: Dashboard;
  readonly #topic: ITopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.#topic = props.topic;
    const { stateMachine, functions, deadLetterQueue, serviceName } = props;
    const { degradedShare = 0.1, duration = Duration.seconds(15) } = props.thresholds;
    const sum = { statistic: Stats.SUM, period: FIVE_MINUTES };
    const own = (name: MetricName, statistic: string) => ownMetric(serviceName, name, statistic);
    const ofRule = (metricName: string, dimensionsMap = props.rule) =>
      new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, ...sum });

    const failed = stateMachine.metricFailed(sum);
    const timedOut = stateMachine.metricTimedOut(sum);
    const aborted = stateMachine.metricAborted(sum);
    const notStarted = ofRule('FailedInvocations');
    const lost = ofRule('InvocationsFailedToBeSentToDlq');
    const deadLetters = deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    });
    const throttles = totalOf('throttles', {
      ...Object.fromEntries(
        Object.entries(functions).map(([name, f]) => [name.toLowerCase(), f.metricThrottles(sum)]),
      ),
      workflow: stateMachine.metricThrottled(sum),
    });
    const modelLoadErrors = own(METRIC.modelLoadErrors, Stats.SUM);
    const percentile = (p: number) =>
      stateMachine.metricTime({ statistic: Stats.p(p), period: FIVE_MINUTES });

    this.#alarm('ExecutionsFailed', failed, {
      says: 'An article got no suggestions: its execution failed. Open the execution in Step Functions; InvalidArticle names the field that the publisher got wrong, anything else can be redriven once its cause is gone.',
    });
    this.#alarm('ExecutionsTimedOut', timedOut, {
      says: 'An article got no suggestions within the time that the definition allows. Open the execution: the state that hangs is the last one; then redrive it.',
    });
    this.#alarm('ExecutionsAborted', aborted, {
      says: 'Somebody stopped an execution; its article got no suggestions. Start it again with the same input when that was not meant.',
    });
    this.#alarm('EventNotStarted', notStarted, {
      says: 'EventBridge could not start an execution. Above all an event that is too large for Step Functions (256 KiB): publish its body by bodyLocation. The event is in the dead-letter queue with the error beside it.',
    });
    this.#alarm('DeadLetters', deadLetters, {
      says: 'Events wait in the dead-letter queue: no execution was started for them. npm run deadletters -- list says why, and -- resend starts them once that is mended.',
    });
    this.#alarm('DeadLettersLost', lost, {
      says: 'An event could neither start an execution nor be put into the dead-letter queue. The archive has it: replay the time of this alarm.',
    });
    this.#alarm('Throttles', throttles, {
      says: 'Functions or executions are throttled; what is retried comes late, what is not degrades or fails. Raise the concurrency quota of the account or spread the publishing.',
      periods: 3,
    });
    this.#alarm('DegradedShare', own(METRIC.degraded, Stats.AVERAGE), {
      says: `More than ${Math.round(degradedShare * 100)} % of suggestions are degraded for a quarter of an hour. The dashboard says which signal: keywords is OpenSearch (or its missing index), embedding is the model.`,
      threshold: degradedShare,
      periods: 3,
    });
    this.#alarm('SlowSuggestions', percentile(95), {
      says: `The slowest twentieth takes more than ${duration.toSeconds()} s from event to suggestions for a quarter of an hour. The trace map shows the function that is slow.`,
      threshold: duration.toMilliseconds(),
      periods: 3,
    });
    this.#alarm('ModelLoadErrors', modelLoadErrors, {
      says: 'The model could not be fetched or loaded; suggestions go by frequency alone. The log of the embedding function names the file and what is wrong with it.',
    });

    const { history } = props;
    if (history) {
      this.#alarm(
        'TagsNotRecorded',
        history.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          period: FIVE_MINUTES,
        }),
        {
          says: 'What authors kept was not recorded: the events wait in the dead-letter queue of the history. The log of the history function says why, mostly OpenSearch; npm run deadletters -- list --of tags shows them, and -- resend records them once that is mended. Suggestions come meanwhile, and know a little less of these authors.',
        },
      );
      this.#alarm(
        'TagsLost',
        totalOf('tags lost', {
          undelivered: ofRule('InvocationsFailedToBeSentToDlq', history.rule),
          unrecorded: history.function.metric('DeadLetterErrors', sum),
        }),
        {
          says: 'What an author kept could neither be recorded nor be put into the dead-letter queue of the history. The archive has it: npm run replay -- --of tags, for the time of this alarm.',
        },
      );
      this.#alarm('TagsRefused', own(METRIC.tagsRefused, Stats.SUM), {
        says: 'An ArticleTagged event breaks its contract and was dropped. The line "tags refused" in the log of the history function names the event and each field that the platform got wrong.',
      });
    }

    const widget = (title: string, left: IMetric[], label = '', max?: number) =>
      new GraphWidget({
        title,
        left,
        width: 12,
        leftYAxis: { min: 0, label, showUnits: false, ...(max !== undefined && { max }) },
      });
    const heading = (markdown: string) => new TextWidget({ markdown, width: 24, height: 1 });
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.hours(12),
    });
    this.dashboard.addWidgets(heading('## Are articles being tagged?'));
    this.dashboard.addWidgets(
      new SingleValueWidget({
        title: 'Now',
        width: 6,
        metrics: [
          stateMachine.metricStarted(sum).with({ label: 'executions started' }),
          stateMachine.metricSucceeded(sum).with({ label: 'articles tagged' }),
        ],
        setPeriodToTimeRange: true,
      }),
      new AlarmStatusWidget({ title: 'Alarms', width: 6, alarms: this.alarms }),
      widget('Articles', [
        ofRule('Invocations').with({ label: 'events' }),
        stateMachine.metricSucceeded(sum).with({ label: 'tagged' }),
        failed.with({ label: 'failed' }),
      ]),
    );
    this.dashboard.addWidgets(heading('## How fast?'));
    this.dashboard.addWidgets(
      widget(
        'From event to suggestions',
        [50, 95, 99].map((p) => percentile(p).with({ label: `p${p}` })),
        'ms',
      ),
      widget(
        'Functions, p95',
        Object.entries(functions).map(([label, f]) =>
          f.metricDuration({ statistic: Stats.p(95), period: FIVE_MINUTES, label }),
        ),
        'ms',
      ),
    );
    this.dashboard.addWidgets(heading('## How well?'));
    this.dashboard.addWidgets(
      widget(
        'Share of articles',
        [
          own(METRIC.keywordsDegraded, Stats.AVERAGE).with({ label: 'degraded: keywords' }),
          own(METRIC.embeddingDegraded, Stats.AVERAGE).with({ label: 'degraded: embedding' }),
          own(METRIC.withoutTags, Stats.AVERAGE).with({ label: 'without any tag' }),
        ],
        '',
        1,
      ),
      widget('Tags per article', [own(METRIC.tags, Stats.AVERAGE).with({ label: 'tags' })]),
    );
    this.dashboard.addWidgets(heading('## What broke?'));
    this.dashboard.addWidgets(
      widget('Executions', [
        failed.with({ label: 'failed' }),
        timedOut.with({ label: 'timed out' }),
        aborted.with({ label: 'aborted' }),
      ]),
      widget(
        'Errors of functions',
        Object.entries(functions).map(([label, f]) => f.metricErrors({ ...sum, label })),
      ),
    );
    this.dashboard.addWidgets(
      widget('Events without execution', [
        deadLetters.with({ label: 'in the dead-letter queue' }),
        notStarted.with({ label: 'not started' }),
        lost.with({ label: 'lost' }),
      ]),
      widget('Behind the scenes', [
        throttles,
        modelLoadErrors.with({ label: 'model not loaded' }),
        own(METRIC.articleNotIndexed, Stats.SUM).with({ label: 'articles not kept' }),
      ]),
    );
  }

  /** In alarm when the metric reaches the threshold in so many periods of five minutes. */
  #alarm(
    id: string,
    metric: IMetric,
    { says, threshold = 1, periods = 1 }: { says: string; threshold?: number; periods?: number },
  ): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No articles, no data, no alarm.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: says,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
    this.alarms.push(alarm);
  }
}

function totalOf(label: string, usingMetrics: Record<string, IMetric>): MathExpression {
  const terms = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: terms.join(' + '), usingMetrics, label, period: FIVE_MINUTES });
}

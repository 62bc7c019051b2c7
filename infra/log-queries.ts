import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * What an operator asks the logs of the functions, as CloudWatch Logs Insights saves it. A test holds that the fields
 * are those that the functions write.
 */
export const LOG_QUERIES = {
  /** All that happened to one article, in order; `failed` lines say why it was degraded, `outcome` what became of its tags. */
  article: `fields @timestamp, level, message, error, reason, outcome, degraded.0, degraded.1, origin, executionId
| filter articleId = "ARTICLE_ID"
| sort @timestamp asc
| limit 200`,
  /** Which suggestions were degraded, and the executions that made them. */
  degraded: `fields @timestamp, articleId, revision, degraded.0, degraded.1, executionId
| filter message = "suggested tags" and ispresent(degraded.0)
| sort @timestamp desc
| limit 1000`,
  /** Which errors there were, how often, and one of each in its own words. */
  errors: `filter message = "failed"
| stats count(*) as times, count_distinct(articleId) as articles, latest(reason) as example by error, function_name
| sort times desc`,
  /** Functions that were stopped before they could write why: out of time or of memory. */
  stopped: `fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, @log
| filter type = "platform.report" and record.status != "success"
| sort @timestamp desc
| limit 200`,
} as const;

export interface LogQueriesProps {
  /** The queries are saved below this name. */
  readonly folder: string;
  readonly logGroups: readonly ILogGroup[];
}

/** The queries, saved in the account: Logs Insights, Saved queries. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { folder, logGroups }: LogQueriesProps) {
    super(scope, id);
    for (const [name, queryString] of Object.entries(LOG_QUERIES)) {
      new CfnQueryDefinition(this, name, {
        name: `${folder}/${name}`,
        queryString,
        logGroupNames: logGroups.map(({ logGroupName }) => logGroupName),
      });
    }
  }
}

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/**
 * Says in one line what is missing before the CDK is asked, whose own words do not tell: region, credentials, or
 * credentials that AWS takes. Ends with exit code 2 then; else names the account that is about to be changed.
 */
const client = new STSClient({ maxAttempts: 2 });

const region = await client.config.region().catch(() => {
  stop('no region is set: export AWS_REGION (such as ap-northeast-1), or set one in your AWS profile');
});
await client.config.credentials().catch((error: Error) => {
  stop(
    `no AWS credentials are found: run "aws login" or "aws sso login", or export AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message})`,
  );
});
const { Account, Arn } = await client.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
  stop(`AWS in ${region} was asked who you are and did not say: ${error.name}: ${error.message}`);
});
console.error(`account ${Account}, region ${region}, as ${Arn}`);

function stop(problem: string): never {
  console.error(problem);
  process.exit(2);
}

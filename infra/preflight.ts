import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { requireAws } from '../scripts/operate/aws.ts';

/**
 * Says in one line what is missing before the CDK is asked, whose own words do not tell: region, credentials, or
 * credentials that AWS takes. Ends with exit code 2 then; else names the account that is about to be changed.
 */
const client = new STSClient({ maxAttempts: 2 });

await requireAws(client.config).catch((error: Error) => stop(error.message));
const region = await client.config.region();
const { Account, Arn } = await client.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
  stop(`AWS in ${region} was asked who you are and did not say: ${error.name}: ${error.message}`);
});
console.error(`account ${Account}, region ${region}, as ${Arn}`);

function stop(problem: string): never {
  console.error(problem);
  process.exit(2);
}

import { UsageError } from '../command.ts';

/**
 * How commands of operators call AWS: throttled or broken off, a call is sent again up to ten times, each time after a
 * longer pause, and further calls slow down with it.
 */
export const PATIENT = { maxAttempts: 10, retryMode: 'adaptive' } as const;

/** What a client of the SDK knows of region and credentials. */
interface ClientConfig {
  region: () => Promise<string>;
  credentials: () => Promise<unknown>;
}

/**
 * Says what is missing before AWS is asked, as the SDK's own words do not tell.
 *
 * @throws UsageError when there is no region, or there are no credentials
 */
export async function requireAws(config: ClientConfig): Promise<void> {
  await config.region().catch(() => {
    throw new UsageError(
      'no region is set: export AWS_REGION (such as ap-northeast-1), or set one in your AWS profile',
    );
  });
  await config.credentials().catch((error: Error) => {
    throw new UsageError(
      `no AWS credentials are found: run "aws login" or "aws sso login", or export AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message})`,
    );
  });
}

/** An action whose requests AWS may refuse as a whole: that ends in one line and exit code 2, without a stack trace. */
export function reportingRefusals<Arguments extends unknown[]>(
  action: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      await action(...given);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new UsageError(`AWS did not take the request: ${inWords(error)}`, { cause: error });
    }
  };
}

/** Errors that came from AWS, or from the way there; anything else is a mistake of ours. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && ('$metadata' in error || 'syscall' in error);
}

/** An error as one line: its name and what it says. */
export function inWords({ name, message }: Error): string {
  return `${name}: ${message.replaceAll('\n', ' ')}`;
}

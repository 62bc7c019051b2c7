import { Logger } from '@aws-lambda-powertools/logger';

/** One logger for all functions; the service name comes from POWERTOOLS_SERVICE_NAME. Never logs article text. */
export const logger = new Logger({ serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? 'tag-suggestions' });

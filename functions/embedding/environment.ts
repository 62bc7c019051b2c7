import { tmpdir } from 'node:os';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { readEnvironment } from '../shared/environment.ts';
import { createModel2VecLoader, type Model2VecLoader } from './model-loader.ts';
import { ModelStore } from './model-store.ts';

/**
 * Reads `MODEL_BUCKET`, `MODEL_SHA256` and `MODEL_PREFIX`: the model is then fetched from S3 to /tmp (or
 * what `TMPDIR` names). Without
 * `MODEL_BUCKET` it is read from the folder `MODEL_PATH`.
 *
 * @throws InvalidEnvironment naming the variable that is missing or wrong
 */
export function createLoaderFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Model2VecLoader {
  if (!environment.MODEL_BUCKET) return createModel2VecLoader();
  const { MODEL_BUCKET, MODEL_SHA256, MODEL_PREFIX } = readEnvironment(
    {
      MODEL_BUCKET: z.string().min(3),
      MODEL_SHA256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'),
      MODEL_PREFIX: z.string().min(1).default('models/'),
    },
    environment,
  );
  // One attempt of 15 MB takes well below a second; the state machine has its own retries after these.
  const client = new S3Client({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1500, connectionTimeout: 500 },
  });
  const store = new ModelStore({
    client,
    bucket: MODEL_BUCKET,
    sha256: MODEL_SHA256,
    prefix: MODEL_PREFIX,
    cacheFolder: tmpdir(),
  });
  return createModel2VecLoader({ store });
}

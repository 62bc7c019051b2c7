import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseMetadata } from '../../../functions/embedding/metadata.ts';
import { FitMismatch } from '../../../functions/shared/errors.ts';
import { assertFits, loadFit } from '../../../functions/shared/fit.ts';
import { inWords, isRefusal } from '../aws.ts';
import { type Finding, finding } from './finding.ts';

const METADATA = join(import.meta.dirname, '../../../model/metadata.json');

/** Is the deployed model this checkout's, and do its files lie where the embedding function looks for them? */
export async function checkModel(client: S3Client, embedding: FunctionConfiguration): Promise<Finding[]> {
  const { MODEL_BUCKET, MODEL_PREFIX = '', MODEL_SHA256 } = embedding.Environment?.Variables ?? {};
  if (!MODEL_BUCKET || !MODEL_SHA256) {
    return [
      finding(
        'model',
        'the environment of the embedding function does not name it, or you may not read that',
      ),
    ];
  }
  const { files } = parseMetadata(readFileSync(METADATA, 'utf8'));
  const isOurs = MODEL_SHA256 === files['model2vec.bin'].sha256;
  const sizes = {
    'metadata.json': undefined,
    'model2vec.bin': files['model2vec.bin'].bytes,
    'vocab.txt': files['vocab.txt'].bytes,
  };
  const missing = await Promise.all(
    Object.entries(sizes).map(([name, bytes]) =>
      wrongWithObject(
        client,
        MODEL_BUCKET,
        `${MODEL_PREFIX}${MODEL_SHA256}/${name}`,
        isOurs ? bytes : undefined,
      ),
    ),
  );
  return [
    finding(
      `model ${MODEL_SHA256.slice(0, 12)}`,
      !isOurs &&
        `this checkout has ${files['model2vec.bin'].sha256.slice(0, 12)}: npm run deploy, or check out what is deployed`,
    ),
    finding('its files in S3', missing.find(Boolean)),
  ];
}

async function wrongWithObject(client: S3Client, Bucket: string, Key: string, bytes: number | undefined) {
  const place = `s3://${Bucket}/${Key}`;
  try {
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    if (bytes === undefined || ContentLength === bytes) return undefined;
    return `${place} has ${ContentLength} bytes and should have ${bytes}; delete it, then npm run deploy`;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.name === 'NotFound'
      ? `${place} is not there, so embeddings fail with ModelNotFound as soon as a new environment starts: npm run deploy`
      : `${place} cannot be looked at (${inWords(error)})`;
  }
}

/** Was this checkout's fit made with the model and the catalogue that are in use? */
export function checkFit(used: { modelSha256: string | undefined; catalogue: string }): Finding[] {
  const fit = loadFit();
  const what = `fit ${fit.version}, for catalogue ${used.catalogue}`;
  try {
    assertFits(fit, used);
    return [finding(what)];
  } catch (error) {
    if (!(error instanceof FitMismatch)) throw error;
    return [finding(what, `executions fail with FitMismatch: ${error.message}`)];
  }
}

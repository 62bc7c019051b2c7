import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectStore } from '../test/embedding/object-store.ts';
import { findFunction, publishedFiles } from '../test/synth/assembly.ts';
import { end, invoke, prepareFolder, startRuntime } from '../test/synth/deployed-function.ts';
import { percentile } from './percentile.ts';

const BUCKET = 'models';
const EMPTY_HANDLER = 'export const handler = async () => ({});\n';

/** Milliseconds, medians. */
export interface ColdStart {
  readonly runs: number;
  /** From the start of the process to the first answer of a handler that does nothing. */
  readonly empty: number;
  /** From the start of the process to the first answer of the embedding function, which fetches its model from S3. */
  readonly embedding: number;
  /** Of that, from the start of Node.js until the bundle and the SDK are imported. */
  readonly imported: number;
  /** Of that, what the first call takes longer than the second: fetching, verifying and loading the model. */
  readonly modelPart: number;
}

/**
 * Starts the embedding function's bundle and an empty handler in turn, each time in a new process with an empty /tmp.
 *
 * @param event what the function is called with
 */
export async function measureColdStart(event: object, runs: number): Promise<ColdStart> {
  const s3 = new ObjectStore();
  for (const [key, path] of publishedFiles()) {
    if (key.startsWith('models/')) s3.objects.set(`${BUCKET}/${key}`, readFileSync(path));
  }
  const { protocol, hostname, port } = await (await s3.start()).config.endpoint!();
  const { code, variables } = findFunction('Embedding');
  const folder = prepareFolder(code);
  const empty = mkdtempSync(join(tmpdir(), 'empty-'));
  writeFileSync(join(empty, 'index.mjs'), EMPTY_HANDLER);
  const environment = {
    MODEL_PREFIX: String(variables.MODEL_PREFIX),
    MODEL_SHA256: String(variables.MODEL_SHA256),
    MODEL_BUCKET: BUCKET,
    AWS_ENDPOINT_URL_S3: `${protocol}//${hostname}:${port}`,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };

  const times = {
    empty: [] as number[],
    embedding: [] as number[],
    imported: [] as number[],
    model: [] as number[],
  };
  try {
    for (let run = 0; run < runs; run += 1) {
      times.empty.push((await start(join(empty, 'index.mjs'), {}, event)).total);
      const temporary = join(folder, `tmp-${run}`);
      mkdirSync(temporary);
      const cold = await start(
        join(folder, 'task', 'index.mjs'),
        { ...environment, TMPDIR: temporary },
        event,
      );
      rmSync(temporary, { recursive: true });
      times.embedding.push(cold.total);
      times.imported.push(cold.imported);
      times.model.push(cold.first - cold.second);
    }
  } finally {
    await s3.stop();
    rmSync(folder, { recursive: true });
    rmSync(empty, { recursive: true });
  }
  const median = (values: number[]) => Math.round(percentile(values, 0.5));
  return {
    runs,
    empty: median(times.empty),
    embedding: median(times.embedding),
    imported: median(times.imported),
    modelPart: median(times.model),
  };
}

async function start(file: string, environment: Record<string, string>, event: object) {
  const started = performance.now();
  const child = startRuntime(file, environment);
  // Nobody reads them, and a full pipe would stop the process.
  child.stdout!.resume();
  child.stderr!.resume();
  try {
    const first = await invoke(child, event);
    const total = performance.now() - started;
    const second = await invoke(child, event);
    return { total, imported: first.initialized, first: first.took, second: second.took };
  } finally {
    await end(child);
  }
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import { type BenchTexts, cutTexts } from './bench-texts.ts';
import { dataFolder, runCommand, UsageError } from './command.ts';
import { loadModel } from './load-model.ts';
import { percentile } from './percentile.ts';
import { pythonWith } from './python.ts';

const LENGTHS = [100, 1000, 5000];
const TEXTS_A_LENGTH = 20;
const BATCH_SIZE = 200;
const LOADS = 7;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const command = new Command('npm run bench --')
  .description('Measure loading, embedding and memory; prints JSON, times in milliseconds.')
  .option('--model <folder>', 'folder of the model', dataFolder, process.env.MODEL_PATH || './model')
  .option('--text <file...>', 'Japanese articles to embed (default: those of test/articles)')
  .option('--runs <count>', 'how often to embed at each length', parseCount, 300)
  .option('--reference', 'measure the Python reference on the same model and texts too, and print ratios')
  .action(bench);

interface Options {
  readonly model: string;
  readonly text?: readonly string[];
  readonly runs: number;
  readonly reference?: true;
}

/** Milliseconds of one implementation. */
interface Times {
  readonly loads: number[];
  readonly embed: { readonly tokens: number; readonly runs: number[] }[];
  readonly batch: number;
}

async function bench({ model: modelPath, text, runs, reference }: Options): Promise<void> {
  const model = await loadModel(modelPath);
  const article = readArticle(text ?? articleFiles());
  const embed = LENGTHS.map((tokens) => cutTexts(model, article, tokens, TEXTS_A_LENGTH));
  const paragraphs = article.split('\n').filter((line) => line.trim() !== '');
  const batch = Array.from({ length: BATCH_SIZE }, (_, i) => paragraphs[i % paragraphs.length]!);
  const characters = batch.reduce((sum, { length }) => sum + length, 0);

  const fresh = Array.from({ length: LOADS }, () => loadOnce(modelPath));
  const ours: Times = {
    loads: fresh.map(({ milliseconds }) => milliseconds),
    embed: embed.map((texts) => ({ tokens: texts.tokens, runs: timeEmbed(model, texts, runs) })),
    batch: timeBatch(model, batch),
  };
  const theirs = reference ? timeReference(modelPath, { embed, batch, loads: LOADS, runs }) : undefined;

  const { name, version, files } = model.metadata;
  const fileBytes = files['model2vec.bin'].bytes;
  const addedBytes = percentile(
    fresh.map(({ bytes }) => bytes),
    0.5,
  );
  console.log(
    JSON.stringify(
      {
        model: { name, version, sha256: files['model2vec.bin'].sha256, bytes: fileBytes },
        machine: { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length },
        memory: { addedBytes, timesTheFile: rounded(addedBytes / fileBytes) },
        ...figures(ours, characters),
        ...(theirs && { reference: figures(theirs, characters), ratios: ratios(ours, theirs) }),
      },
      null,
      2,
    ),
  );
}

function figures({ loads, embed, batch }: Times, characters: number) {
  return {
    load: { runs: loads.length, ...percentiles(loads) },
    embed: Object.fromEntries(
      embed.map(({ tokens, runs }) => [tokens, { runs: runs.length, ...percentiles(runs) }]),
    ),
    batch: { texts: BATCH_SIZE, characters, charactersPerSecond: Math.round((characters / batch) * 1000) },
  };
}

/** How many times as fast as the reference. */
function ratios(ours: Times, theirs: Times) {
  const times = (a: readonly number[], b: readonly number[]) =>
    rounded(percentile(b, 0.5) / percentile(a, 0.5));
  return {
    load: times(ours.loads, theirs.loads),
    embed: Object.fromEntries(
      ours.embed.map(({ tokens, runs }, i) => [tokens, times(runs, theirs.embed[i]!.runs)]),
    ),
    batch: rounded(theirs.batch / ours.batch),
  };
}

function percentiles(milliseconds: readonly number[]) {
  return { p50: rounded(percentile(milliseconds, 0.5)), p95: rounded(percentile(milliseconds, 0.95)) };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** Every text once to warm up, then `runs` times in turn. */
function timeEmbed(model: Model2Vec, { texts }: BenchTexts, runs: number): number[] {
  for (const text of texts) model.embed(text);
  return Array.from({ length: runs }, (_, run) => {
    const text = texts[run % texts.length]!;
    const started = performance.now();
    model.embed(text);
    return performance.now() - started;
  });
}

function timeBatch(model: Model2Vec, texts: readonly string[]): number {
  model.embedBatch(texts);
  const started = performance.now();
  model.embedBatch(texts);
  return performance.now() - started;
}

function loadOnce(modelPath: string): { milliseconds: number; bytes: number } {
  const output = execFileSync(process.execPath, ['--expose-gc', here('bench-load.ts'), modelPath], {
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

function timeReference(modelPath: string, questions: object): Times {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'questions.json');
  try {
    writeFileSync(file, JSON.stringify(questions));
    const python = pythonWith(here('requirements-reference.txt'));
    return JSON.parse(
      execFileSync(python, [here('bench_reference.py'), modelPath, file], { encoding: 'utf8' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function articleFiles(): string[] {
  const folder = here('../test/articles');
  return readdirSync(folder).map((name) => join(folder, name));
}

function readArticle(files: readonly string[]): string {
  const texts = files.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw new UsageError(`cannot read ${file}: ${(cause as Error).message}`, { cause });
    }
  });
  const article = texts.join('\n');
  if (article.trim() === '') throw new UsageError(`${files.join(', ')}: no text to embed`);
  return article;
}

function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('give a whole number, at least 1.');
  return count;
}

await runCommand(command);

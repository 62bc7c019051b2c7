import { Command } from 'commander';
import { cosineSimilarity } from '../functions/contracts/vector.ts';
import type { Model2Vec } from '../functions/embedding/model2vec.ts';
import { dataFolder, runCommand } from './command.ts';
import { loadModel } from './load-model.ts';
import { spearman } from './spearman.ts';
import { type Benchmark, readBenchmarks } from './sts.ts';

const command = new Command('npm run eval:model --')
  .description(
    'Measure the model on sets of semantic textual similarity: Spearman × 100 of cosines and human scores.',
  )
  .requiredOption('--data <folder>', 'folder with jsts-*.json, jsick-*.tsv, stsb-{en,ja}-*.csv', dataFolder)
  .option('--model <folder>', 'folder of the model', dataFolder, process.env.MODEL_PATH || './model')
  .option('--json', 'print JSON instead of a table')
  .action(evaluate);

interface Options {
  readonly data: string;
  readonly model: string;
  readonly json?: true;
}

async function evaluate({ data, model: modelPath, json }: Options): Promise<void> {
  const benchmarks = readBenchmarks(data);
  const model = await loadModel(modelPath);
  const { name, version, files } = model.metadata;
  const results = benchmarks.map((benchmark) => ({
    name: benchmark.name,
    languages: benchmark.languages,
    pairs: benchmark.directions[0]!.length,
    spearman: Number(correlation(model, benchmark).toFixed(2)),
  }));
  if (json) {
    console.log(
      JSON.stringify({ model: { name, version, sha256: files['model2vec.bin'].sha256 }, results }, null, 2),
    );
    return;
  }
  console.log(`${name} ${version}, Spearman × 100\n`);
  console.table(
    Object.fromEntries(results.map(({ name, ...figures }) => [`${name} ${figures.languages}`, figures])),
    ['pairs', 'spearman'],
  );
}

/** Spearman × 100, the mean over the directions of the benchmark. */
function correlation(model: Model2Vec, { directions }: Benchmark): number {
  const figures = directions.map((pairs) => {
    const cosines = pairs.map(({ sentence1, sentence2 }) =>
      cosineSimilarity(model.embed(sentence1), model.embed(sentence2)),
    );
    return spearman(
      cosines,
      pairs.map(({ score }) => score),
    );
  });
  return (100 * figures.reduce((sum, figure) => sum + figure, 0)) / figures.length;
}

await runCommand(command);

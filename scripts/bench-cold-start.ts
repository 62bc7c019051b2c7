import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { articlePublishedSample } from '../functions/contracts/article-published.ts';
import { ASSEMBLY, synth } from '../test/synth/assembly.ts';
import { measureColdStart } from './cold-start.ts';
import { runCommand } from './command.ts';

const ARTICLE = join(import.meta.dirname, '../test/articles/step-functions-retry.md');

const command = new Command('npm run bench:cold-start --')
  .description(
    'Measure the bundled embedding function from the start of its process to its first answer, beside a handler that does nothing; prints JSON, times in milliseconds.',
  )
  .option('--runs <count>', 'how often each is started', Number, 15)
  .action(async ({ runs }: { runs: number }) => {
    const { status, output } = synth('--output', ASSEMBLY);
    if (status !== 0) throw new Error(`npm run synth failed:\n${output}`);
    const body = readFileSync(ARTICLE, 'utf8');
    const detail = { ...articlePublishedSample, data: { ...articlePublishedSample.data, body } };
    const times = await measureColdStart({ detail }, runs);
    const { sha256, bytes } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../model/metadata.json'), 'utf8'),
    ).files['model2vec.bin'];
    console.log(
      JSON.stringify(
        {
          machine: { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length },
          model: { sha256, bytes },
          characters: body.length,
          ...times,
        },
        null,
        2,
      ),
    );
  });

await runCommand(command);

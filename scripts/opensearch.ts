import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import { createOpenSearchClient } from '../functions/keywords/opensearch/client.ts';
import { DEFAULT_INDEX_PREFIX } from '../functions/keywords/opensearch/indices.ts';
import { setupSearch } from '../functions/keywords/opensearch/setup.ts';
import { startOpenSearch } from '../test/opensearch/server.ts';
import { runCommand } from './command.ts';

const command = new Command('npm run opensearch --')
  .description('Keep a local OpenSearch running, its data in .cache/opensearch/data, until Ctrl-C.')
  .argument('[port]', 'where it listens, for this machine only; 0 takes a free one', parsePort, 0)
  .action(keepRunning);

async function keepRunning(port: number): Promise<void> {
  try {
    const server = await startOpenSearch({
      port,
      dataDirectory: join(import.meta.dirname, '../.cache/opensearch/data'),
    });
    await setupSearch(createOpenSearchClient({ url: server.url }, { requestTimeout: 60_000 }), {
      indexPrefix: DEFAULT_INDEX_PREFIX,
      shipped: loadCatalogue(),
    });
    console.log(`OpenSearch listens on ${server.url}, for this machine only; its data stays in .cache/opensearch/data.

  npm start -- --opensearch ${server.url}
  npm run catalogue -- export tags.tsv --opensearch ${server.url}

Ctrl-C stops it.`);
    let stopping = false;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      console.log('\nStopping OpenSearch …');
      await server.stop();
      process.exit(0);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

function parsePort(value: string): number {
  const port = Number(value);
  if (value.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw new InvalidArgumentError('must be a whole number up to 65535.');
  }
  return port;
}

await runCommand(command);

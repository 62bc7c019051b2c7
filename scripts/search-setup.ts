import { Command } from 'commander';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import { setupSearch } from '../functions/keywords/opensearch/setup.ts';
import { runCommand } from './command.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const command = withSearchOptions(new Command('npm run search:setup --'))
  .description('Create the indices in OpenSearch, or upgrade them; harmless when they are up to date.')
  .action(
    reportingErrors(async (options: SearchOptions) => {
      const { client, indexPrefix } = connect(options);
      await setupSearch(client, { indexPrefix, shipped: loadCatalogue(), onStep: console.log });
    }),
  );

await runCommand(command);

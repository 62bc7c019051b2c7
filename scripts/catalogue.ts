import { Command } from 'commander';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import {
  changeTag,
  readCatalogueHeader,
  readTags,
  replaceCatalogue,
} from '../functions/keywords/opensearch/catalogue-store.ts';
import { countRows, problemOfSpelling, readCatalogueFile, writeCatalogueFile } from './catalogue-file.ts';
import { runCommand, UsageError } from './command.ts';
import { createProgress } from './progress.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const FORMATS = 'TSV, CSV or JSON Lines by its ending: .tsv, .csv, .jsonl';

const command = new Command('npm run catalogue --').description('Change the tags that OpenSearch knows.');

withSearchOptions(command.command('import'))
  .description('replace the catalogue by that of a file, all or nothing')
  .argument('<file>', FORMATS)
  .action(reportingErrors(importCatalogue));
withSearchOptions(command.command('export'))
  .description('write the catalogue to a file')
  .argument('<file>', FORMATS)
  .action(reportingErrors(exportCatalogue));
withSearchOptions(command.command('add'))
  .description('add a tag, or spellings to a tag')
  .argument('<tag>')
  .option('--alias <spelling...>', 'other spellings that mean it')
  .action(
    reportingErrors((label: string, { alias = [], ...options }: SearchOptions & { alias?: string[] }) =>
      change({ label, aliases: alias, blocked: false }, options),
    ),
  );
withSearchOptions(command.command('block'))
  .description('never suggest a tag, nor a phrase that reads like it (add it to undo)')
  .argument('<tag>')
  .action(
    reportingErrors((label: string, options: SearchOptions) => change({ label, blocked: true }, options)),
  );

async function importCatalogue(file: string, options: SearchOptions): Promise<void> {
  const { client, indexPrefix } = connect(options);
  // Judged to the last line before anything is sent.
  const total = await countRows(file);
  const progress = createProgress('tags', total);
  try {
    const header = await replaceCatalogue(client, {
      indexPrefix,
      catalogue: { base: loadCatalogue().version },
      tags: readCatalogueFile(file),
      onTag: progress.tick,
    });
    progress.end();
    report(header);
  } finally {
    progress.end();
  }
}

async function exportCatalogue(file: string, options: SearchOptions): Promise<void> {
  const { client, indexPrefix } = connect(options);
  const header = await readCatalogueHeader(client, indexPrefix);
  if (!header) throw new UsageError('there is no catalogue yet; run npm run search:setup');
  const progress = createProgress('tags', header.tags);
  await writeCatalogueFile(file, readTags(client, indexPrefix), progress.tick);
  progress.end();
  console.log(`${file}: ${header.tags} tags of catalogue ${header.version}`);
}

async function change(
  tag: { label: string; aliases?: string[]; blocked: boolean },
  options: SearchOptions,
): Promise<void> {
  const problem = [tag.label, ...(tag.aliases ?? [])].map(problemOfSpelling).find(Boolean);
  if (problem) throw new UsageError(problem);
  const { client, indexPrefix } = connect(options);
  report(await changeTag(client, indexPrefix, tag));
}

function report({ version, tags }: { version: string; tags: number }): void {
  console.log(`now serving catalogue ${version} with ${tags} tags`);
}

await runCommand(command);

import { Command } from 'commander';
import { OpenSearchHistory } from '../functions/history/opensearch/opensearch-history.ts';
import type { HistoryStore } from '../functions/history/store.ts';
import { loadCatalogue } from '../functions/keywords/catalogue.ts';
import {
  changeTag,
  readCatalogueHeader,
  readTags,
  replaceCatalogue,
} from '../functions/keywords/opensearch/catalogue-store.ts';
import { recountCatalogue } from '../functions/keywords/opensearch/recount.ts';
import { FileHistory } from '../infra/local/state.ts';
import { countRows, problemOfSpelling, readCatalogueFile, writeCatalogueFile } from './catalogue-file.ts';
import { runCommand, UsageError } from './command.ts';
import { createProgress } from './progress.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const NO_CATALOGUE = 'there is no catalogue yet; run npm run search:setup';
/** For one step; an author may have written for decades. */
const FORGET_TIMEOUT_MS = 10 * 60_000;
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

withSearchOptions(command.command('recount'))
  .description(
    'count anew, over what authors kept, how tags are used, and serve a catalogue with these counts added to the shipped or imported ones',
  )
  .action(reportingErrors(recount));
withSearchOptions(command.command('forget'))
  .description(
    'delete what is kept of an author or an article, and keep away what an archive replays of them; without --yes it only says how much there is',
  )
  .option('--author <id>', 'the author whose articles and tags are forgotten')
  .option('--article <id>', 'the article that is forgotten')
  .option('--state <dir>', 'in the folder of npm start -- --state, instead of OpenSearch')
  .option('--yes', 'do it: there is no way back')
  .action(reportingErrors(forget));

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
  if (!header) throw new UsageError(NO_CATALOGUE);
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

async function recount(options: SearchOptions): Promise<void> {
  const { client, indexPrefix } = connect(options);
  if (!(await readCatalogueHeader(client, indexPrefix))) throw new UsageError(NO_CATALOGUE);
  const progress = createProgress('authors read');
  try {
    const { header, authors, articles, newTags } = await recountCatalogue(client, indexPrefix, progress.tick);
    progress.end();
    console.log(`${articles} articles of ${authors} authors count, ${newTags} tags are new`);
    report(header);
  } finally {
    progress.end();
  }
}

interface ForgetOptions extends SearchOptions {
  author?: string;
  article?: string;
  state?: string;
  yes?: boolean;
}

async function forget({ author, article, state, yes, ...options }: ForgetOptions): Promise<void> {
  if (author === undefined && article === undefined) {
    throw new UsageError('say whom or what to forget: --author ID or --article ID');
  }
  if (author !== undefined && article !== undefined) {
    throw new UsageError('only one of --author and --article may be given');
  }
  const what = author === undefined ? { articleId: article! } : { authorId: author };
  const history = state === undefined ? openSearchHistory(options) : FileHistory.open(state);
  const named = author === undefined ? `article ${article}` : `author ${author}`;
  if (!yes) {
    const count = await history.count(what);
    throw new UsageError(`${named} has ${count} documents; say --yes to delete them, there is no way back`);
  }
  const now = new Date();
  const deleted = await history.forget(what, now);
  console.log(`${named}: ${deleted} documents deleted; events from before ${now.toISOString()} stay away`);
  const left = await history.count(what);
  if (left > 0)
    console.log(`${left} documents are dated later and stay: forget them once that time has come`);
  if (state === undefined) console.log(STILL_HELD);
}

function openSearchHistory(options: SearchOptions): HistoryStore {
  const signal = () => AbortSignal.timeout(FORGET_TIMEOUT_MS);
  return new OpenSearchHistory({ ...connect(options), signal });
}

/** What deleting documents does not reach; the durations are those of infra/README.md. */
const STILL_HELD = `still held, each until it forgets by itself:
  the archive of the bus                         30 days (archiveDays)
  executions of Step Functions                   90 days
  the dead-letter queues                         14 days
  the bucket of backfills                        30 days
  snapshots of an Amazon OpenSearch domain       14 days
  the catalogue's counts, at most 80 of a tag    until npm run catalogue -- recount`;

function report({ version, tags }: { version: string; tags: number }): void {
  console.log(`now serving catalogue ${version} with ${tags} tags`);
}

await runCommand(command);

import { join } from 'node:path';
import { Command } from 'commander';
import { type TagsSuggested, tagsSuggested } from '../../functions/contracts/tags-suggested.ts';
import { MemoryHistory } from '../../functions/history/memory-store.ts';
import { InvalidArticle, InvalidEnvironment } from '../../functions/shared/errors.ts';
import { runCommand, UsageError } from '../../scripts/command.ts';
import { readArticleFile } from './article-file.ts';
import { learnInOrder } from './learn.ts';
import { printHistory, printSuggestions } from './report.ts';
import { FileHistory } from './state.ts';
import { ExecutionFailed, runWorkflow } from './workflow.ts';

const SAMPLE = join(import.meta.dirname, '../../test/articles/step-functions-retry.md');

const command = new Command('npm start --')
  .description('Send an article through the workflow on this machine and print the tags it suggests.')
  .argument(
    '[file]',
    'Markdown, HTML, plain text, an ArticlePublished event as .json, or - for standard input; with --learn a folder of Markdown or JSON Lines; without it, an article of our own',
  )
  .option('--opensearch <url>', 'ask this OpenSearch for keywords (npm run opensearch starts one)')
  .option('--json', 'print the TagsSuggested event alone')
  .option(
    '--fail <state[=error]>',
    "make that state's task fail, with an error of your choice (infra/RUNBOOK.md lists them), to see what the workflow does about it",
  )
  .option('--state <dir>', 'keep there what authors kept on their articles, and suggest by it')
  .option(
    '--author <id>',
    "whose articles these are; default: the front matter's author, else the folder's name",
  )
  .option(
    '--learn',
    'publish tagged articles in the order of their dates, learning the tags of each after it was suggested some',
  )
  .action(start);

interface Options {
  opensearch?: string;
  json?: boolean;
  fail?: string;
  state?: string;
  author?: string;
  learn?: boolean;
}

async function start(file = SAMPLE, options: Options): Promise<void> {
  const { opensearch, json, fail, state, author, learn } = options;
  // Logs of the functions are for CloudWatch; here they would hide what is printed.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
  const { createLocalFunctions } = await import('./functions.ts');
  try {
    const history = state === undefined ? learn && new MemoryHistory() : FileHistory.open(state);
    if (history && opensearch) {
      throw new UsageError('an OpenSearch keeps the history itself: leave out --state and --learn');
    }
    const functions = createLocalFunctions({ opensearch, ...(history && { history }) });
    if (learn && history) {
      const onSuggested = (event: TagsSuggested) => console.log(JSON.stringify(event));
      const judged = await learnInOrder(file, {
        functions,
        store: history,
        author,
        ...(json && { onSuggested }),
      });
      if (judged === 0) {
        console.error('no article could be suggested tags for');
        process.exitCode = 1;
      }
      return;
    }
    const event = await readArticleFile(file, author);
    const output = await runWorkflow(event, {
      functions,
      fail,
      ...(!json && { onEvent: printHistory() }),
    });
    const suggested: TagsSuggested = tagsSuggested.parse(output);
    if (json) console.log(JSON.stringify(suggested));
    else printSuggestions(suggested);
  } catch (error) {
    if (error instanceof RangeError || error instanceof InvalidArticle || error instanceof InvalidEnvironment)
      throw new UsageError(error.message);
    if (!(error instanceof ExecutionFailed)) throw error;
    if (error.error === 'InvalidArticle') throw new UsageError(error.message);
    console.error(`the execution failed: ${error.error}: ${error.message}`);
    process.exitCode = 1;
  }
}

await runCommand(command);

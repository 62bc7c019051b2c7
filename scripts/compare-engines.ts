import type { Client } from '@opensearch-project/opensearch';
import { Command } from 'commander';
import { findInArticle as findEmbedded } from '../functions/keywords/embedded.ts';
import type { Found } from '../functions/keywords/extract.ts';
import { findInArticle as findWithOpenSearch } from '../functions/keywords/opensearch/engine.ts';
import { DEFAULT_SCORING } from '../functions/scorer/rank.ts';
import { type Fit, loadFit } from '../functions/shared/fit.ts';
import { readPaths, type TaggedArticle } from './articles.ts';
import { runCommand } from './command.ts';
import { withScratchIndices } from './evaluation/scratch-index.ts';
import { loadInstruments } from './instruments.ts';
import { type Instruments, judge, measureFound } from './measure.ts';
import { figuresOf, type Judged } from './metrics.ts';
import { createProgress } from './progress.ts';
import { connect, reportingErrors, type SearchOptions, withSearchOptions } from './search-options.ts';

const command = withSearchOptions(new Command('npm run search:compare --'))
  .description(
    'Hold the two keyword engines against each other: tags found, F1 and time. Makes indices under names of its own and removes them again.',
  )
  .argument('<path...>', 'files of tagged articles')
  .option('--lang <language>', 'only articles of this language')
  .action(reportingErrors(compare));

async function compare(paths: string[], options: SearchOptions & { lang?: string }): Promise<void> {
  const instruments = await loadInstruments();
  const articles: TaggedArticle[] = [];
  for await (const article of readPaths(paths, options)) articles.push(article);
  await withScratchIndices(options, { catalogueFile: undefined }, async (search) => {
    const { client, indexPrefix } = connect(search);
    print(await measureBoth(client, indexPrefix, articles, instruments));
  });
}

interface Comparison {
  /** Mean Jaccard index of the catalogue tags found; two empty sets agree. */
  agreement: number;
  /** The same of phrases outside the catalogue. */
  agreementOnPhrases: number;
  f1: { embedded: number; opensearch: number };
  /** Milliseconds of OpenSearch's extraction, without indexing. */
  milliseconds: number[];
}

async function measureBoth(
  client: Client,
  indexPrefix: string,
  articles: TaggedArticle[],
  instruments: Instruments,
): Promise<Comparison> {
  const fit = loadFit();
  const progress = createProgress('articles compared', articles.length);
  const judged: Record<'embedded' | 'opensearch', Judged[]> = { embedded: [], opensearch: [] };
  const milliseconds: number[] = [];
  const jaccards: { known: number; open: number }[] = [];
  for (const article of articles) {
    const markdown = { ...article, articleId: article.id, format: 'markdown' } as const;
    const embedded = findEmbedded(markdown, instruments);
    const started = performance.now();
    const { found } = await findWithOpenSearch(markdown, {
      client,
      prior: instruments.catalogue,
      indexPrefix,
      signal: AbortSignal.timeout(60_000),
    });
    milliseconds.push(performance.now() - started);
    jaccards.push({
      known: jaccard(keys(embedded, true), keys(found, true)),
      open: jaccard(keys(embedded, false), keys(found, false)),
    });
    judged.embedded.push(judgeFound(article, embedded, fit, instruments));
    judged.opensearch.push(judgeFound(article, found, fit, instruments));
    progress.tick();
  }
  progress.end();
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    agreement: mean(jaccards.map(({ known }) => known)),
    agreementOnPhrases: mean(jaccards.map(({ open }) => open)),
    f1: { embedded: figuresOf(judged.embedded).f1At5, opensearch: figuresOf(judged.opensearch).f1At5 },
    milliseconds: milliseconds.sort((a, b) => a - b),
  };
}

function judgeFound(article: TaggedArticle, found: Found[], fit: Fit, instruments: Instruments): Judged {
  return judge(measureFound(article, found, instruments), fit, DEFAULT_SCORING);
}

function keys(found: Found[], known: boolean): Set<string> {
  return new Set(found.flatMap((one) => (one.known === known ? [one.key] : [])));
}

function jaccard(a: Set<string>, b: Set<string>): number {
  const union = new Set([...a, ...b]).size;
  return union === 0 ? 1 : [...a].filter((key) => b.has(key)).length / union;
}

function print({ agreement, agreementOnPhrases, f1, milliseconds }: Comparison): void {
  const at = (share: number) => milliseconds[Math.floor(share * (milliseconds.length - 1))]!.toFixed(0);
  console.log(`articles                           ${milliseconds.length}`);
  console.log(`catalogue tags, mean Jaccard       ${agreement.toFixed(4)}`);
  console.log(`phrases, mean Jaccard              ${agreementOnPhrases.toFixed(4)}`);
  console.log(`F1 embedded, OpenSearch            ${f1.embedded.toFixed(4)}, ${f1.opensearch.toFixed(4)}`);
  console.log(`extraction with OpenSearch, ms     p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`);
}

await runCommand(command);

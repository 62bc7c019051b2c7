import { workerData } from 'piscina';
import { findInArticle as findEmbedded } from '../../functions/keywords/embedded.ts';
import { evidenceOf } from '../../functions/keywords/evidence.ts';
import type { Found } from '../../functions/keywords/extract.ts';
import { findTags } from '../../functions/keywords/mentions.ts';
import { findInArticle as findWithOpenSearch } from '../../functions/keywords/opensearch/engine.ts';
import { allowed, DEFAULT_POLICY } from '../../functions/keywords/policy.ts';
import { tagKey } from '../../functions/keywords/tag-key.ts';
import { cutUnits } from '../../functions/keywords/units.ts';
import { readArticleText } from '../../functions/shared/article-text.ts';
import { type Fit, loadFit } from '../../functions/shared/fit.ts';
import type { TaggedArticle } from '../articles.ts';
import { loadInstruments } from '../instruments.ts';
import { type Instruments, type Measured, measureArticle, measureFound } from '../measure.ts';
import { connect } from '../search-options.ts';
import type { Explanation } from './explanation.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { openCatalogue, PlatformCatalogue } from './platform-catalogue.ts';
import type { MadeWith, Settings } from './settings.ts';

/** Runs in a worker thread: the product's own path for one article at a time. */
const settings = workerData as Settings;
const { catalogue, blocked } = await openCatalogue(settings.catalogueFile);
const instruments: Instruments = { ...(await loadInstruments()), catalogue };
let fit: Fit | undefined;
const search = settings.search && connect(settings.search);

/** What the suggestions are made with. */
export function describe(): MadeWith {
  const { name, version, files } = instruments.model.metadata;
  return {
    model: { name, version, sha256: files['model2vec.bin'].sha256 },
    catalogue: { version: catalogue.version },
  };
}

export interface Task {
  article: TaggedArticle;
  /** Position among the good rows. */
  index: number;
}

/** Judges an article by the shipped fit. */
export async function judgeArticle({ article, index }: Task): Promise<Outcome> {
  fit ??= loadFit(settings.fitFile);
  return outcomeOf(await measure({ article }), index, fit, settings.scoring);
}

export interface MeasureTask {
  article: TaggedArticle;
  /** @default the settings' engine */
  engine?: Settings['engine'] | 'without catalogue';
}

/** Measures an article's candidates, to be judged by some other fit. */
export async function measure({ article, engine = settings.engine }: MeasureTask): Promise<Measured> {
  const measured = await measureWith(article, engine);
  const policy = { ...DEFAULT_POLICY, mode: settings.mode, blocked };
  return { ...measured, candidates: allowed(measured.candidates, policy) };
}

async function measureWith(
  article: TaggedArticle,
  engine: NonNullable<MeasureTask['engine']>,
): Promise<Measured> {
  if (engine === 'embedded') return measureArticle(article, instruments);
  if (engine === 'opensearch') return measureFound(article, await findInOpenSearch(article), instruments);
  return measureArticle(article, { ...instruments, catalogue: withoutTags });
}

/** Every tag is then a phrase of the text, as rare as it is in the shipped counts. */
const withoutTags = new PlatformCatalogue(`${catalogue.version} without tags`, [], catalogue);

async function findInOpenSearch(article: TaggedArticle): Promise<Found[]> {
  const markdown = { ...article, articleId: article.id, format: 'markdown' } as const;
  const { found } = await findWithOpenSearch(markdown, {
    ...search!,
    prior: catalogue,
    signal: AbortSignal.timeout(60_000),
  });
  return found;
}

export interface ExplainTask {
  article: TaggedArticle;
  suggested: string[];
}

/** Looks at an article once more: how its author spells the tags, which the text contains, and where suggestions stand. */
export async function explain({ article, suggested }: ExplainTask): Promise<Explanation> {
  const markdown = { ...article, articleId: article.id, format: 'markdown' } as const;
  const found =
    settings.engine === 'opensearch' ? await findInOpenSearch(article) : findEmbedded(markdown, instruments);
  const spellings = new Map(article.tags.map((tag) => [tagKey(tag), tag]));
  const blocks = readArticleText(markdown).blocks.map((block) => ({
    ...block,
    units: cutUnits(block.text, instruments.japanese),
  }));
  const inText = findTags(blocks, (key) => (spellings.has(key) ? key : undefined));
  return {
    title: article.title,
    spellings,
    inText: [...inText.keys()],
    evidence: new Map(
      found
        .filter(({ key }) => suggested.includes(key))
        .map(({ key, mentions, code }) => {
          const [first] = evidenceOf(mentions, article);
          return [key, first ?? { where: 'code', spelling: code ?? key, snippet: `\`\`\`${code ?? key}` }];
        }),
    ),
  };
}

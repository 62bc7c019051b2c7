import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { FitMismatch } from './errors.ts';
import { LANGUAGES, type Language } from './language.ts';

/** Signals of one candidate by name. */
export type Features = Record<string, number>;

const logistic = z.object({ bias: z.number(), weights: z.record(z.string(), z.number()) });
/** A logistic regression: probability = 1 / (1 + exp(−(bias + Σ weight × feature))). */
export type Logistic = z.infer<typeof logistic>;

const scale = z.object({
  floor: z.number().positive(),
  share: z.number().min(0).max(1),
  power: z.number().positive(),
});
export type Scale = z.infer<typeof scale>;

/**
 * What an author's earlier articles make of a candidate: regressions over the signals of history and, for what is in the
 * text, `cold`: its log-odds without them. `kept` is for tags that only the history suggests.
 */
const historyPart = z.object({ known: logistic, open: logistic, kept: logistic, scale });
export type HistoryPart = z.infer<typeof historyPart>;

/** One regression for tags of the catalogue, one for phrases of the text, and the scale that both end on. */
const part = z.object({ known: logistic, open: logistic, scale, history: historyPart.optional() });
export type FitPart = z.infer<typeof part>;

const parts = z.object({ frequency: part, semantic: part });
export type FitParts = z.infer<typeof parts>;

/** The direction in which the vectors of tags lie apart from those of other terms. */
const tagDirection = z.object({ bias: z.number(), direction: z.array(z.number()) });
export type TagDirection = z.infer<typeof tagDirection>;

const fit = z.object({
  version: z.string(),
  model: z.object({ sha256: z.string() }),
  catalogue: z.object({ version: z.string() }),
  tagDirection: tagDirection.optional(),
  trained: z
    .object({
      articles: z.int(),
      sources: z.array(z.string()).describe('Authors it has seen; their figures flatter'),
      leftOut: z.record(z.string(), z.number()).describe('Figures with each source left out'),
      inOrder: z
        .record(z.string(), z.number())
        .optional()
        .describe('The same in the order of dates, knowing what each author kept before'),
    })
    .optional(),
  languages: z.partialRecord(z.enum(LANGUAGES), parts),
});
/** The numbers that turn signals into frequency and semantic, and the model and catalogue they belong to. */
export type Fit = z.infer<typeof fit>;

export const SHIPPED_FIT = join(import.meta.dirname, 'fit.json');

export function loadFit(file: string = SHIPPED_FIT): Fit {
  return fit.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * A catalogue that was made from another one (`ja-1+0e013ef0012b`) is read with the fit of the one before the plus.
 *
 * @throws FitMismatch when the fit was made with another model or catalogue
 */
export function assertFits(fit: Fit, used: { modelSha256?: string | undefined; catalogue: string }): void {
  if (used.modelSha256 !== undefined && used.modelSha256 !== fit.model.sha256) {
    throw new FitMismatch(
      `fit ${fit.version} was made with model ${fit.model.sha256}, in use is ${used.modelSha256}; deploy them together or run npm run fit`,
    );
  }
  if (used.catalogue.split('+', 1)[0] !== fit.catalogue.version) {
    throw new FitMismatch(
      `fit ${fit.version} was made with catalogue ${fit.catalogue.version}, in use is ${used.catalogue}; deploy them together or run npm run fit`,
    );
  }
}

/** Frequency and semantic as they were fitted for a language; a language that was not takes what there is. */
export function partsFor({ languages }: Fit, language: Language): FitParts {
  const parts = languages[language] ?? Object.values(languages)[0];
  if (!parts) throw new FitMismatch('the fit has no language; run npm run fit');
  return parts;
}

/** What a fit judges a candidate by. */
export interface Signals {
  /** In the catalogue. */
  known: boolean;
  features: Features;
  /** Only where the author has a history. */
  history?: Features | undefined;
  /** False for a tag that only the history suggests. @default true */
  inText?: boolean | undefined;
}

/** bias + Σ weight × feature. A feature without weight counts nothing. */
export function logOdds({ bias, weights }: Logistic, features: Features): number {
  let odds = bias;
  for (const name in weights) odds += weights[name]! * (features[name] ?? 0);
  return odds;
}

/** The probability that a candidate is one of the author's tags, in [0, 1]. */
export function probability({ known, features, history, inText = true }: Signals, part: FitPart): number {
  if (!history || !part.history) return inText ? sigmoid(coldOdds({ known, features }, part)) : 0;
  if (!inText) return sigmoid(logOdds(part.history.kept, history));
  const cold = coldOdds({ known, features }, part);
  return sigmoid(logOdds(known ? part.history.known : part.history.open, { ...history, cold }));
}

/** Log-odds of a candidate in the text, whatever its author did before. */
export function coldOdds({ known, features }: Pick<Signals, 'known' | 'features'>, part: FitPart): number {
  return logOdds(known ? part.known : part.open, features);
}

function sigmoid(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/** Where suggestions are cut on the scale of frequency, semantic and score. */
export const CUT = 0.3;

/**
 * Relevances of one article's candidates, on the scale whose best cut is 0.3: a candidate reaches it when its
 * probability is at least `floor` and at least `share` of the article's best. So the article decides how many tags
 * it gets.
 */
export function relevances(candidates: readonly Signals[], part: FitPart): number[] {
  const probabilities = candidates.map((candidate) => probability(candidate, part));
  const warm = part.history !== undefined && candidates.some(({ history }) => history !== undefined);
  return toScale(probabilities, warm ? part.history!.scale : part.scale);
}

/**
 * Probabilities of one article's candidates on the scale whose cut is 0.3: (probability / cut) to a power, so that
 * the steps of both parts weigh what the evidence behind them is worth when they are added.
 */
export function toScale(probabilities: readonly number[], { floor, share, power }: Scale): number[] {
  const best = probabilities.reduce((most, p) => Math.max(most, p), 0);
  const cut = Math.max(floor, share * best);
  return probabilities.map((p) => Math.min(1, CUT * (p / cut) ** power));
}

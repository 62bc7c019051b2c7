import { styleText } from 'node:util';
import type { Figures } from '../metrics.ts';
import type { Interval } from '../resampling.ts';
import type { Evaluation } from './evaluate.ts';

/** Prints the figures for a person, on standard output. */
export function printEvaluation(evaluation: Evaluation): void {
  const { protocol, crossValidated, engine, mode, grid, articles, skipped, seconds } = evaluation;
  heading(`F1 ${figure(evaluation.f1At5)}   95 % by author ${formatInterval(evaluation.interval)}`);
  console.log(`${figure(evaluation.f1At5ByAuthor)} averaged over authors`);
  const how = crossValidated ? 'each source judged by a fit of all the others' : `fit ${evaluation.fit}`;
  console.log(
    `${articles} articles in ${seconds.toFixed(1)} s, ${skipped} skipped; ${engine} engine, ${mode} tags; ${how}`,
  );
  if (protocol === 'stream') {
    heading('In the order of dates, by the earlier articles of the author');
    console.table(
      Object.fromEntries(
        evaluation.byEarlier.map((stage) => [
          rangeOf(stage),
          { ...row(stage), 'F1 by author': figure(stage.f1At5ByAuthor) },
        ]),
      ),
    );
  }
  heading('By language, and a plain tf-idf within the catalogue (always five)');
  console.table(
    Object.fromEntries(
      Object.entries(evaluation.byLanguage).flatMap(([lang, { baseline, ...product }]) => [
        [lang, { ...row(product), 'F1 95 %': formatInterval(product.interval) }],
        [`${lang}, tf-idf`, { ...row(baseline), 'F1 95 %': formatInterval(baseline.interval) }],
      ]),
    ),
  );
  heading('By source');
  console.table(
    Object.fromEntries(Object.entries(evaluation.bySource).map(([name, own]) => [name, row(own)])),
  );
  heading('Precision by score');
  console.table(
    evaluation.bands.map(({ from, to, suggestions, precision }) => ({
      score: `${from}–${to}`,
      suggestions,
      precision: precision === null ? '–' : figure(precision),
    })),
  );
  const { best, difference } = grid;
  heading('Grid over weights and thresholds');
  console.log(
    `best at ${best.semantic} × semantic + ${(1 - best.semantic).toFixed(1)} × frequency ≥ ${best.threshold}: ` +
      `F1 ${figure(best.f1At5)}, ${signed(difference.f1At5)} against what is in use (${formatInterval(difference.interval)})`,
  );
  if (evaluation.ablations.length > 0) {
    heading('What it is worth');
    console.table(
      Object.fromEntries(
        evaluation.ablations.map(({ name, f1At5, difference: change, interval }) => [
          name,
          { F1: figure(f1At5), difference: signed(change), '95 %': formatInterval(interval) },
        ]),
      ),
    );
  }
}

/** `1–4`, `50 and more`. */
export function rangeOf({ from, to }: { from: number; to: number | null }): string {
  if (to === null) return `${from} and more`;
  return from === to ? String(from) : `${from}–${to}`;
}

function heading(text: string): void {
  console.log(styleText('bold', `\n${text}`));
}

function row(figures: Figures) {
  return {
    articles: figures.articles,
    P: figure(figures.precision),
    R: figure(figures.recall),
    F1: figure(figures.f1At5),
    'nDCG@5': figure(figures.ndcgAt5),
    'hit rate': figure(figures.hitRate),
    suggestions: figures.meanSuggestions.toFixed(2),
    empty: figure(figures.empty),
  };
}

/** Three digits. */
export function figure(value: number): string {
  return value.toFixed(3);
}

/** Three digits with the sign. */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** `0.401–0.467`; `–` where there is none. */
export function formatInterval(interval: Interval): string {
  if (interval === null) return '–';
  const [low, high] = interval;
  return low < 0 || high < 0 ? `${signed(low)} to ${signed(high)}` : `${figure(low)}–${figure(high)}`;
}

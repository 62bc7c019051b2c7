import { writeFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { ExplainedMiss } from '../evaluation/explanation.ts';
import { figure, formatInterval, rangeOf, signed } from '../evaluation/print.ts';
import type { Figures } from '../metrics.ts';
import type { Interval } from '../resampling.ts';
import {
  bandChart,
  calibrationChart,
  gridChart,
  learningChart,
  sourceChart,
  thresholdChart,
} from './charts.ts';
import { STYLE } from './style.ts';

/** Sources in the chart; the table below it has no more either, the data has all. */
const MOST_SOURCES = 60;

type Fragment = ReturnType<typeof html>;

/** Writes {@link renderReport} to a file. */
export async function writeReport(file: string, evaluation: Evaluation): Promise<void> {
  writeFileSync(file, await renderReport(evaluation));
}

/**
 * The evaluation as one HTML page that needs nothing else: no script, no network; every text that comes from articles
 * is escaped.
 */
export async function renderReport(evaluation: Evaluation): Promise<string> {
  const { scoring, thresholds, grid, bands, calibration } = evaluation;
  const sources = Object.entries(evaluation.bySource).sort(([, a], [, b]) => a.f1At5 - b.f1At5);
  const shown = sources.slice(0, MOST_SOURCES);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tag suggestions: F1 ${figure(evaluation.f1At5)} on ${evaluation.articles} articles</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${opening(evaluation)}
<h2>How good?</h2>
${howGood(evaluation, sources.length)}
${evaluation.protocol === 'stream' ? await learningCurve(evaluation) : ''}
<h2>Where to cut?</h2>
<p>What becomes of the figures when suggestions are kept from another score on, at the weights in use.</p>
${chart(await thresholdChart(thresholds, scoring.threshold), whereToCut(evaluation))}
<h2>Which weight?</h2>
<p>F1 for each weight of semantic and each cut. Framed solid: the best point. Framed dashed: what is in use.</p>
${chart(await gridChart(grid, scoring), whichWeight(evaluation))}
${ablations(evaluation)}
<h2>Does the score mean something?</h2>
<p>A higher score should be right more often.</p>
${chart(await bandChart(bands), 'Suggestions by score: which share of them the author gave, and how many there are.')}
${chart(
  await calibrationChart(calibration, scoring.threshold),
  `The best ${scoring.limit} tags of each article, those below the cut (dashed) as well; larger points stand for more tags. The score is a scale whose cut is fixed, not a probability: it should rise, not follow the dotted line.`,
)}
<h2>On whose articles not?</h2>
${chart(
  await sourceChart(shown, evaluation.f1At5),
  `F1 by source, the worst first; dashed: the mean over all articles.${sources.length > shown.length ? ` The worst ${shown.length} of ${sources.length} sources.` : ''}`,
)}
${figuresTable(shown.map(([name, figures]) => [name, figures, null]))}
<h2>What was missed, and why?</h2>
<p>The ${evaluation.misses.length} misses that teach most: articles where the tags found in the text allowed a much better choice
than the one made, at most ten of one source.</p>
${evaluation.misses.map(missCard)}
</body>
</html>
`;
  return String(await page);
}

function opening({
  articles,
  skipped,
  protocol,
  crossValidated,
  fit,
  engine,
  mode,
  scoring,
  seen,
  model,
  catalogue,
}: Evaluation): Fragment {
  const how =
    (protocol === 'stream' ? 'in the order of their dates, each knowing what its author kept before, ' : '') +
    (crossValidated
      ? 'each source judged by a fit of all the other sources'
      : `judged by the shipped fit (${fit})`);
  return html`<h1>Would their authors accept these tags?</h1>
<p class="quiet">${articles} articles, ${how}; ${skipped} skipped. ${engine} engine, ${mode} tags;
score = ${scoring.weights.semantic} × semantic + ${scoring.weights.frequency} × frequency, kept from ${scoring.threshold} on, at most
${scoring.limit}. Model ${model.name} ${model.version}, catalogue ${catalogue.version}.</p>
${
  seen > 0
    ? html`<p class="warn">${seen} of these articles are by sources that the fit has seen, so the figures flatter.
Run with --cross-validate to judge them fairly.</p>`
    : ''
}`;
}

function howGood({ intervals, byLanguage, ...evaluation }: Evaluation, sources: number): Fragment {
  const tile = (name: string, value: string, interval: Interval, first = false) =>
    html`<div class="${first ? 'first' : ''}"><span>${name}</span><b>${value}</b><small>${formatInterval(interval)}</small></div>`;
  return html`<div class="headline">
${tile('F1', figure(evaluation.f1At5), intervals.f1At5, true)}
${tile('precision', figure(evaluation.precision), intervals.precision)}
${tile('recall', figure(evaluation.recall), intervals.recall)}
${tile('nDCG at 5', figure(evaluation.ndcgAt5), intervals.ndcgAt5)}
${tile('at least one right', `${(100 * evaluation.hitRate).toFixed(0)} %`, intervals.hitRate)}
${tile('suggestions', evaluation.meanSuggestions.toFixed(2), intervals.meanSuggestions)}
</div>
<p class="quiet">Means over articles; below each the 95 % interval from drawing the ${sources} sources anew.
${(100 * evaluation.empty).toFixed(1)} % of the articles get no suggestion.</p>
${figuresTable(
  Object.entries(byLanguage).flatMap(([lang, { baseline, ...product }]): FiguresRow[] => [
    [lang, product, product.interval],
    [`${lang}, plain tf-idf within the catalogue`, baseline, baseline.interval],
  ]),
)}`;
}

async function learningCurve({ byEarlier }: Evaluation): Promise<Fragment> {
  return html`<h2>Does it learn?</h2>
<p>F1 by the number of earlier articles of which it was known what their author kept.</p>
${chart(
  await learningChart(byEarlier),
  `Over articles: each counts as much. Over authors: each author does. ${byEarlier
    .map((stage) => `${rangeOf(stage)}: ${stage.articles} articles`)
    .join('; ')}.`,
)}`;
}

type FiguresRow = [name: string, figures: Figures, interval: Interval];

function figuresTable(rows: FiguresRow[]): Fragment {
  const withInterval = rows.some(([, , interval]) => interval !== null);
  return html`<div class="scroll"><table>
<thead><tr><th></th><th>articles</th><th>P</th><th>R</th><th>F1</th>${withInterval ? html`<th>95 %</th>` : ''}<th>nDCG@5</th><th>hit rate</th><th>suggestions</th><th>empty</th></tr></thead>
<tbody>${rows.map(
    ([name, one, interval]) =>
      html`<tr><td>${name}</td><td>${one.articles}</td><td>${figure(one.precision)}</td><td>${figure(one.recall)}</td><td><b>${figure(one.f1At5)}</b></td>${
        withInterval ? html`<td>${formatInterval(interval)}</td>` : ''
      }<td>${figure(one.ndcgAt5)}</td><td>${figure(one.hitRate)}</td><td>${one.meanSuggestions.toFixed(2)}</td><td>${figure(one.empty)}</td></tr>`,
  )}</tbody></table></div>`;
}

function whereToCut({ thresholds, f1At5, scoring }: Evaluation): string {
  const best = thresholds.reduce((a, b) => (b.f1At5 > a.f1At5 ? b : a));
  return `Best F1 ${figure(best.f1At5)} at ${best.threshold}; ${figure(f1At5)} at ${scoring.threshold}, which is in use.`;
}

function whichWeight({ grid: { best, difference }, f1At5 }: Evaluation): string {
  const frequency = (1 - best.semantic).toFixed(1);
  return (
    `Best: ${best.semantic} × semantic + ${frequency} × frequency, cut at ${best.threshold}, F1 ${figure(best.f1At5)}: ` +
    `${signed(difference.f1At5)} against the ${figure(f1At5)} in use (95 % ${formatInterval(difference.interval)}).`
  );
}

function ablations({ ablations: made }: Evaluation): Fragment | '' {
  if (made.length === 0) return '';
  return html`<h3>What each part is worth</h3>
<div class="scroll"><table><thead><tr><th></th><th>F1</th><th>difference</th><th>95 %</th></tr></thead>
<tbody>${made.map(
    ({ name, f1At5, difference, interval }) =>
      html`<tr><td>${name}</td><td>${figure(f1At5)}</td><td><b>${signed(difference)}</b></td><td>${formatInterval(interval)}</td></tr>`,
  )}</tbody></table></div>`;
}

function chart(svg: string, caption: string): Fragment {
  return html`<figure>${raw(svg)}<figcaption>${caption}</figcaption></figure>`;
}

function missCard({ title, source, id, f1, regret, wanted, suggested }: ExplainedMiss): Fragment {
  return html`<article class="miss" lang="ja"><h3>${title}</h3>
<div class="quiet">${source} · ${id} · F1 ${f1.toFixed(2)}, possible ${(f1 + regret).toFixed(2)}</div>
<div class="sides"><div><h4>wanted</h4><ul>${wanted.map(
    ({ tag, why, score }) =>
      html`<li class="${why === 'suggested' ? 'right' : ''}"><span class="tag">${tag}</span>
<span class="why">${why}${score === null ? '' : ` · ${score.toFixed(2)}`}</span></li>`,
  )}</ul></div>
<div><h4>suggested</h4><ul>${
    suggested.length === 0 ? html`<li class="why">nothing reached the cut</li>` : suggested.map(suggestion)
  }</ul></div></div></article>`;
}

function suggestion({
  label,
  score,
  semantic,
  frequency,
  right,
  evidence,
}: ExplainedMiss['suggested'][number]): Fragment {
  return html`<li class="${right ? 'right' : 'wrong'}"><span class="tag">${label}</span>
<span class="why">${score.toFixed(2)} = semantic ${semantic.toFixed(2)}, frequency ${frequency.toFixed(2)}</span>
${evidence && html`<div class="why">${evidence.where}: ${marked(evidence.snippet, evidence.spelling)}</div>`}</li>`;
}

/** The snippet with its spelling marked. */
function marked(snippet: string, spelling: string): Fragment {
  const at = snippet.indexOf(spelling);
  if (at < 0) return html`<mark>${spelling}</mark> ${snippet}`;
  return html`${snippet.slice(0, at)}<mark>${spelling}</mark>${snippet.slice(at + spelling.length)}`;
}

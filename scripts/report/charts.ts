import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Scoring } from '../../functions/scorer/rank.ts';
import { rangeOf } from '../evaluation/print.ts';
import type { Summary } from '../evaluation/summary.ts';
import type { Band, Figures } from '../metrics.ts';

const INK = '#1f2933';
const QUIET = '#7b8794';
const ACCENT = '#0b7285';
const WARM = '#d9480f';
const FONT = 'system-ui, "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", sans-serif';

/** Shares lie between nothing and everything; a chart that starts elsewhere would exaggerate. */
const SHARES: number[] = [0, 1];

const CONFIG = {
  background: 'transparent',
  font: FONT,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: QUIET,
    titleFontWeight: 'normal',
    gridColor: '#e4e7eb',
    domainColor: '#9aa5b1',
    tickColor: '#9aa5b1',
    labelFontSize: 12,
    titleFontSize: 12,
    labelLimit: 260,
  },
  legend: { labelFontSize: 12, title: null, orient: 'top', labelColor: INK },
} as const;

/** Draws a Vega-Lite specification as SVG, on this machine and without a browser. */
async function draw(spec: TopLevelSpec): Promise<string> {
  const { spec: vega } = compile({ ...spec, config: CONFIG });
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** F1, precision and recall over thresholds, with the threshold in use. */
export function thresholdChart(thresholds: Summary['thresholds'], inUse: number): Promise<string> {
  const measures = [
    ['F1', 'f1At5'],
    ['precision', 'precision'],
    ['recall', 'recall'],
  ] as const satisfies [string, keyof Figures][];
  const values = thresholds.flatMap((point) =>
    measures.map(([measure, name]) => ({ threshold: point.threshold, measure, value: point[name] })),
  );
  return draw({
    width: 640,
    height: 280,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: { size: 28 }, strokeWidth: 2.5 },
        encoding: {
          x: { field: 'threshold', type: 'quantitative', title: 'least score of a suggestion' },
          y: { field: 'value', type: 'quantitative', title: null, scale: { domain: SHARES } },
          color: {
            field: 'measure',
            type: 'nominal',
            sort: null,
            scale: { domain: measures.map(([measure]) => measure), range: [ACCENT, WARM, '#7048e8'] },
          },
        },
      },
      {
        data: { values: [{ threshold: inUse, label: `in use: ${inUse}` }] },
        layer: [
          {
            mark: { type: 'rule', strokeDash: [4, 4], color: INK },
            encoding: { x: { field: 'threshold', type: 'quantitative' } },
          },
          {
            mark: { type: 'text', align: 'left', dx: 6, y: 10, color: INK, fontSize: 12 },
            encoding: { x: { field: 'threshold', type: 'quantitative' }, text: { field: 'label' } },
          },
        ],
      },
    ],
  });
}

/** F1 over the number of earlier articles. */
export function learningChart(stages: Summary['byEarlier']): Promise<string> {
  const values = stages.flatMap((stage) => [
    { earlier: rangeOf(stage), mean: 'over articles', f1: stage.f1At5 },
    { earlier: rangeOf(stage), mean: 'over authors', f1: stage.f1At5ByAuthor },
  ]);
  const x = {
    field: 'earlier',
    type: 'ordinal',
    sort: null,
    title: 'earlier articles',
    axis: { labelAngle: 0 },
  } as const;
  const y = { field: 'f1', type: 'quantitative', title: 'F1', scale: { domain: SHARES } } as const;
  const color = {
    field: 'mean',
    type: 'nominal',
    scale: { domain: ['over articles', 'over authors'], range: [ACCENT, WARM] },
  } as const;
  return draw({
    width: { step: 110 },
    height: 240,
    data: { values },
    layer: [
      { mark: { type: 'line', point: { size: 40 }, strokeWidth: 2.5 }, encoding: { x, y, color } },
      {
        transform: [{ filter: "datum.mean === 'over articles'" }],
        mark: { type: 'text', dy: -12, fontSize: 12, color: INK },
        encoding: { x, y, text: { field: 'f1', type: 'quantitative', format: '.3f' } },
      },
    ],
  });
}

/** F1 over weights and thresholds; the best point and the one in use are framed. */
export function gridChart(
  { points, best }: Summary['grid'],
  { weights, threshold }: Scoring,
): Promise<string> {
  const share = weights.semantic / (weights.semantic + weights.frequency);
  const middle = (Math.min(...points.map((p) => p.f1At5)) + best.f1At5) / 2;
  const x = {
    field: 'semantic',
    type: 'ordinal',
    title: 'weight of semantic (frequency has the rest)',
    axis: { labelAngle: 0 },
  };
  const y = { field: 'threshold', type: 'ordinal', title: 'least score', sort: 'descending' };
  const frame = (point: { semantic: number; threshold: number }, color: string, dash: number[]) => ({
    data: {
      values: [
        { semantic: Number(point.semantic.toFixed(1)), threshold: Number(point.threshold.toFixed(1)) },
      ],
    },
    mark: { type: 'rect', filled: false, stroke: color, strokeWidth: 3, strokeDash: dash },
    encoding: { x, y },
  });
  return draw({
    width: 660,
    height: 250,
    layer: [
      {
        data: { values: points },
        mark: { type: 'rect' },
        encoding: {
          x,
          y,
          color: {
            field: 'f1At5',
            type: 'quantitative',
            legend: null,
            scale: { range: ['#f1f9fb', ACCENT] },
          },
        },
      },
      {
        data: { values: points },
        mark: { type: 'text', fontSize: 12 },
        encoding: {
          x,
          y,
          text: { field: 'f1At5', type: 'quantitative', format: '.3f' },
          color: { condition: { test: `datum.f1At5 > ${middle}`, value: 'white' }, value: INK },
        },
      },
      frame({ semantic: share, threshold }, INK, [5, 3]),
      frame(best, WARM, []),
    ],
  } as unknown as TopLevelSpec);
}

/** How many suggestions each band of scores has, and which share of them is right. */
export function bandChart(bands: readonly Band[]): Promise<string> {
  const values = bands.map(({ from, to, suggestions, precision }) => ({
    band: `${from}–${to}`,
    precision: precision ?? 0,
    label: suggestions === 0 ? 'none' : `${Math.round((precision ?? 0) * 100)} % of ${suggestions}`,
  }));
  const x = { field: 'band', type: 'ordinal', sort: null, title: 'score', axis: { labelAngle: 0 } } as const;
  const y = {
    field: 'precision',
    type: 'quantitative',
    title: 'share that is right',
    scale: { domain: SHARES },
  } as const;
  return draw({
    width: { step: 92 },
    height: 240,
    data: { values },
    layer: [
      { mark: { type: 'bar', color: ACCENT, cornerRadiusEnd: 3, width: { band: 0.7 } }, encoding: { x, y } },
      {
        mark: { type: 'text', dy: -8, fontSize: 12, color: INK },
        encoding: { x, y, text: { field: 'label' } },
      },
    ],
  });
}

/** The share of right tags over the mean score, below the cut as well; the size of a point says how many there are. */
export function calibrationChart(calibration: readonly Band[], threshold: number): Promise<string> {
  const values = calibration.filter(({ suggestions }) => suggestions > 0);
  const x = {
    field: 'meanScore',
    type: 'quantitative',
    title: 'mean score',
    scale: { domain: SHARES },
  } as const;
  const y = {
    field: 'precision',
    type: 'quantitative',
    title: 'share that is right',
    scale: { domain: SHARES },
  } as const;
  return draw({
    width: 420,
    height: 300,
    layer: [
      {
        data: { values: [{ at: 0 }, { at: 1 }] },
        mark: { type: 'line', color: '#9aa5b1', strokeDash: [3, 4] },
        encoding: { x: { field: 'at', type: 'quantitative' }, y: { field: 'at', type: 'quantitative' } },
      },
      {
        data: { values: [{ threshold }] },
        mark: { type: 'rule', strokeDash: [4, 4], color: INK },
        encoding: { x: { field: 'threshold', type: 'quantitative' } },
      },
      { data: { values }, mark: { type: 'line', color: ACCENT, strokeWidth: 2 }, encoding: { x, y } },
      {
        data: { values },
        mark: { type: 'circle', color: ACCENT, opacity: 1 },
        encoding: {
          x,
          y,
          size: { field: 'suggestions', type: 'quantitative', legend: null, scale: { range: [20, 420] } },
        },
      },
    ],
  });
}

/** F1 of the sources, the worst first. */
export function sourceChart(
  sources: readonly [name: string, figures: Figures][],
  mean: number,
): Promise<string> {
  const values = sources.map(([source, { f1At5, articles }]) => ({
    source,
    f1At5,
    label: `${f1At5.toFixed(2)}   ${articles} ${articles === 1 ? 'article' : 'articles'}`,
  }));
  const y = { field: 'source', type: 'nominal', sort: null, title: null } as const;
  const x = { field: 'f1At5', type: 'quantitative', title: 'F1', scale: { domain: SHARES } } as const;
  return draw({
    width: 460,
    height: { step: 24 },
    layer: [
      { data: { values }, mark: { type: 'bar', color: ACCENT, cornerRadiusEnd: 3 }, encoding: { x, y } },
      {
        data: { values },
        mark: { type: 'text', align: 'left', dx: 10, fontSize: 12, color: INK },
        encoding: { x: { value: 'width' }, y, text: { field: 'label' } },
      },
      {
        data: { values: [{ mean }] },
        mark: { type: 'rule', strokeDash: [4, 4], color: WARM },
        encoding: { x: { field: 'mean', type: 'quantitative' } },
      },
    ],
  });
}

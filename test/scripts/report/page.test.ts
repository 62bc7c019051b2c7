import { Parser } from 'htmlparser2';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCORING } from '../../../functions/scorer/rank.ts';
import type { Evaluation } from '../../../scripts/evaluation/evaluate.ts';
import { Summariser } from '../../../scripts/evaluation/summary.ts';
import { renderReport } from '../../../scripts/report/page.ts';
import { outcome } from '../evaluation/made.ts';

const HOSTILE = '<script>alert("title")</script><img src="https://example.com/x.png" onerror=\'x\'>&amp;';

const made = (change: Partial<Evaluation> = {}): Evaluation => {
  const summariser = new Summariser(DEFAULT_SCORING);
  summariser.add(outcome({ source: HOSTILE, uncut: [{ score: 0.6, right: true }] }));
  summariser.add(outcome({ source: '静かな人', lang: 'en', uncut: [{ score: 0.4, right: false }] }));
  return {
    ...summariser.summary(),
    scoring: DEFAULT_SCORING,
    engine: 'embedded',
    mode: 'open',
    model: { name: HOSTILE, version: '1', sha256: '' },
    catalogue: { version: 'ja-1' },
    protocol: 'cold',
    crossValidated: false,
    fit: 'abc',
    seen: 0,
    skipped: 3,
    ablations: [],
    misses: [
      {
        id: HOSTILE,
        source: HOSTILE,
        title: HOSTILE,
        f1: 0.4,
        regret: 0.6,
        wanted: [
          { tag: HOSTILE, why: 'not in the text', score: null },
          { tag: 'lambda', why: 'below the cut', score: 0.21 },
        ],
        suggested: [
          {
            key: 'aws',
            label: HOSTILE,
            score: 0.47,
            semantic: 0.41,
            frequency: 0.61,
            right: false,
            kept: null,
            evidence: { where: 'title', spelling: '<b>', snippet: `a<b>c${HOSTILE}` },
          },
        ],
      },
    ],
    seconds: 1,
    ...change,
  };
};

interface Read {
  elements: { name: string; attributes: Record<string, string> }[];
  text: string;
}

function read(html: string): Read {
  const elements: Read['elements'] = [];
  let text = '';
  const parser = new Parser({
    onopentag: (name, attributes) => elements.push({ name, attributes }),
    ontext: (data) => {
      text += data;
    },
  });
  parser.end(html);
  return { elements, text };
}

describe('report', () => {
  let page: string;
  let elements: Read['elements'];
  let text: string;
  beforeAll(async () => {
    page = await renderReport(made());
    ({ elements, text } = read(page));
  });

  it('is one page without scripts, and fetches nothing', () => {
    const names = new Set(elements.map(({ name }) => name));
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'image']) {
      expect(names).not.toContain(name);
    }
    for (const { attributes } of elements) {
      // Namespaces are names, and what is read out is text.
      const { 'xmlns:xlink': _, xmlns: __, 'aria-label': ___, ...own } = attributes;
      expect(Object.keys(own).filter((name) => /^on|^(xlink:)?href$|^src/.test(name))).toEqual([]);
      for (const value of Object.values(own)) expect(value).not.toMatch(/https?:|\/\/|url\((?!['"]?#)/);
    }
    expect(page).not.toMatch(/@import|@font-face/);
  });

  it('shows hostile titles, tags, sources, snippets and model names as text', () => {
    expect(elements.some(({ name }) => name === 'script' || name === 'img')).toBe(false);
    // Title, id and source of the miss, wanted tag, suggested tag, snippet, model, table row.
    expect(text.split(HOSTILE).length - 1).toBeGreaterThanOrEqual(7);
    expect(elements.filter(({ name }) => name === 'mark')).toHaveLength(1);
    expect(text).toContain('静かな人');
  });

  it('answers in this order', () => {
    const questions = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, question]) => question);
    expect(questions).toEqual([
      'How good?',
      'Where to cut?',
      'Which weight?',
      'Does the score mean something?',
      'On whose articles not?',
      'What was missed, and why?',
    ]);
    expect(elements.filter(({ name }) => name === 'svg')).toHaveLength(5);
  });

  it('says why a tag was missed and of what a score is made', () => {
    expect(text).toMatch(/not in the text/);
    expect(text).toMatch(/below the cut · 0\.21/);
    expect(text).toMatch(/0\.47 = semantic 0\.41, frequency 0\.61/);
  });

  it('is the same for the same figures', async () => {
    const svg = (html: string) => html.replace(/clip\d+/g, 'clip');
    expect(svg(await renderReport(made()))).toBe(svg(page));
  });
});

it('warns of articles that the fit has seen', async () => {
  expect(read(await renderReport(made({ seen: 2 }))).text).toMatch(/2 of these articles are by sources/);
  expect(read(await renderReport(made())).text).not.toMatch(/of these articles are by sources/);
});

it('lists what each part is worth', async () => {
  const { text } = read(
    await renderReport(
      made({
        ablations: [{ name: 'without semantic', f1At5: 0.4, difference: -0.05, interval: [-0.1, -0.01] }],
      }),
    ),
  );
  expect(text).toMatch(/without semantic0\.400−0\.050−0\.100 to −0\.010/);
});

import { beforeAll, describe, expect, it } from 'vitest';
import { Catalogue } from '../../../functions/keywords/catalogue.ts';
import { findInArticle } from '../../../functions/keywords/embedded.ts';
import {
  type JapaneseTokenizer,
  loadJapaneseTokenizer,
} from '../../../functions/keywords/japanese-tokenizer.ts';
import { semanticSignals } from '../../../functions/scorer/semantic.ts';
import { compareScores, withoutPriors } from '../../../scripts/evaluation/ablations.ts';
import { PlatformCatalogue } from '../../../scripts/evaluation/platform-catalogue.ts';
import type { Measured } from '../../../scripts/measure.ts';

let japanese: JapaneseTokenizer;
beforeAll(async () => {
  japanese = await loadJapaneseTokenizer();
});

const catalogueWith = (count: number) =>
  new Catalogue({
    version: 'test',
    documents: 100,
    documentFrequency: new Map([['aws', 9]]),
    tags: [
      {
        key: 'aws',
        label: 'AWS',
        aliases: [],
        prior: { authors: count, articles: 2 * count, mentions: 3 * count, taggedWhenMentioned: count },
      },
    ],
  });

const article = {
  title: 'AWSの話',
  body: '# AWS\nAWSで書く。Terraformは、Terraformで、Terraformと。',
  format: 'markdown',
} as const;

function measuredWith(count: number): Measured {
  const found = findInArticle(article, { catalogue: catalogueWith(count), japanese });
  const model = { name: 'none', version: '0', sha256: '' };
  const signals = semanticSignals(
    found,
    { model, vectors: found.map(() => ({ label: null, context: null, inTitle: 0 })), titles: [] },
    { model, vectors: { title: null, headings: null, lead: null, whole: null } },
    { history: null, tagDirection: undefined },
  );
  return {
    id: 'a',
    source: 'a',
    lang: 'ja',
    language: 'ja',
    wanted: new Set(['aws']),
    earlier: 0,
    candidates: found.map((one, index) => ({ ...one, semantic: { features: signals[index]!.features } })),
  };
}

it('leaves nothing of the priors when they are left out', () => {
  const signals = (measured: Measured) =>
    measured.candidates.map(({ features, semantic }) => ({ features, semantic }));
  expect(signals(measuredWith(1))).not.toEqual(signals(measuredWith(8)));
  expect(signals(withoutPriors(measuredWith(1)))).toEqual(signals(withoutPriors(measuredWith(8))));
  expect(withoutPriors(measuredWith(1)).candidates[0]!.features).toHaveProperty('title', 1);
});

it('finds phrases in place of tags without a catalogue, as rare as before', () => {
  const catalogue = new PlatformCatalogue('none', [], catalogueWith(5));
  const found = findInArticle(article, { catalogue, japanese });
  expect(found.map(({ key, known }) => [key, known])).toContainEqual(['aws', false]);
  expect(found.find(({ key }) => key === 'aws')!.features.idf).toBeCloseTo(Math.log(101 / 10), 12);
});

describe('difference', () => {
  const sources = ['a', 'a', 'b'];
  const whole = Float64Array.of(0.5, 0.7, 0.6);

  it('is taken article by article, its interval by drawing authors anew', () => {
    const ablated = Float64Array.of(0.4, 0.6, 0.9);
    const result = compareScores('without x', sources, { whole, ablated });
    expect(result).toMatchObject({ name: 'without x', f1At5: expect.closeTo(1.9 / 3, 12) });
    expect(result.difference).toBeCloseTo(0.1 / 3, 12);
    expect(result.interval![0]).toBeCloseTo(-0.1, 12);
    expect(result.interval![1]).toBeCloseTo(0.3, 12);
  });

  it('is nothing where nothing changed', () => {
    expect(compareScores('same', sources, { whole, ablated: whole })).toMatchObject({
      difference: 0,
      interval: [0, 0],
    });
  });
});

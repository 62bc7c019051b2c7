import { describe, expect, it } from 'vitest';
import type { SuggestTagsRequest } from '../../functions/contracts/signals.ts';
import { tagsSuggested, tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { encodeVector } from '../../functions/contracts/vector.ts';
import { DEFAULT_SCORING } from '../../functions/scorer/rank.ts';
import { originOf, suggestionId, suggestTags, toEvent } from '../../functions/scorer/suggestion.ts';
import type { Fit } from '../../functions/shared/fit.ts';

const axis = (index: number) =>
  encodeVector(Float32Array.from({ length: 4 }, (_, i) => (i === index ? 1 : 0)));
const model = { name: 'm', version: '1', sha256: 'a'.repeat(64) };

/** Semantic is the cosine with the whole article and nothing else. */
const byWhole = {
  known: { bias: -2, weights: { labelWhole: 4 } },
  open: { bias: -2, weights: { labelWhole: 4 } },
  scale: { floor: 0.3, share: 0, power: 1 },
};
const fit: Fit = {
  version: 'test',
  model: { sha256: model.sha256 },
  catalogue: { version: 'c1' },
  languages: { ja: { frequency: byWhole, semantic: byWhole } },
};

const candidate = (key: string) => ({ key, label: key, known: true, frequency: 0.5, evidence: [] });
const signals: SuggestTagsRequest = {
  event: { id: 'bus-1', metadata: { id: 'event-1' } },
  execution: { id: 'arn:execution', name: 'one_two', redriveCount: 0 },
  keywords: {
    answer: {
      article: { articleId: 'a', revision: 2, tags: [], language: 'ja' },
      catalogue: { version: 'c1' },
      history: null,
      candidates: [candidate('far'), candidate('near')],
    },
    degraded: [],
    embedding: {
      model,
      vectors: [
        { label: axis(1), context: null, inTitle: 0 },
        { label: axis(0), context: null, inTitle: 0 },
      ],
      titles: [],
    },
  },
  article: { model, vectors: { title: null, headings: null, lead: null, whole: axis(0) } },
};
const suggest = (change: Partial<SuggestTagsRequest> = {}) =>
  suggestTags({ ...signals, ...change }, fit, DEFAULT_SCORING);

describe('the suggestion', () => {
  it('prefers what is near the article', () => {
    const { tags } = suggestTags(signals, fit, { ...DEFAULT_SCORING, threshold: 0 });
    expect(tags.map(({ key }) => key)).toEqual(['near', 'far']);
    expect(tags[0]!.semantic).toBeGreaterThan(tags[1]!.semantic!);
  });

  it.each([
    ['the article', { article: { model: null } }],
    ['the candidates', { keywords: { ...signals.keywords, embedding: { model: null } } }],
  ])('goes by frequency alone without vectors of %s, and says so', (_, change) => {
    const data = suggest(change);
    expect(data).toMatchObject({ degraded: ['embedding'], model: null });
    expect(data.tags.map(({ semantic, score }) => [semantic, score])).toEqual([
      [null, 0.5],
      [null, 0.5],
    ]);
  });

  it('hands on that the keywords were degraded', () => {
    expect(suggest({ keywords: { ...signals.keywords, degraded: ['keywords'] } }).degraded).toEqual([
      'keywords',
    ]);
  });

  it.each([
    ['model', { ...fit, model: { sha256: 'b'.repeat(64) } }],
    ['catalogue', { ...fit, catalogue: { version: 'c2' } }],
  ])('is refused with the fit of another %s', (_, other) => {
    expect(() => suggestTags(signals, other, DEFAULT_SCORING)).toThrow(
      expect.objectContaining({ name: 'FitMismatch' }),
    );
  });
});

describe('the event', () => {
  const at = new Date('2026-04-01T00:00:00Z');

  it('keeps its contract and names what caused it', () => {
    const event = toEvent(suggest(), signals, at);
    expect(tagsSuggested.parse(event)).toEqual(event);
    expect(event.metadata).toMatchObject({
      causationId: 'bus-1',
      correlationId: 'event-1',
      origin: 'publish',
    });
  });

  it('has the same id when it says the same, at another time in another execution', () => {
    const again = { ...signals, execution: { ...signals.execution, id: 'arn:other' } };
    const [first, second] = [toEvent(suggest(), signals, at), toEvent(suggest(), again, new Date())];
    expect(second.metadata.id).toBe(first.metadata.id);
  });

  it.each(Object.keys(tagsSuggestedSample.data))('has another id when %s differs', (field) => {
    const { data } = tagsSuggestedSample;
    expect(suggestionId({ ...data, [field]: null })).not.toBe(suggestionId(data));
  });

  const uuid = '17793124-05d4-b198-2fde-7ededc63b103';
  it.each([
    ['an execution that the bus started', `${uuid}_${uuid}`, 0, 'publish'],
    ['one that the console named', uuid, 0, 'rerun'],
    ['one that the rerun command named', 'rerun-4711', 0, 'rerun'],
    ['one that was redriven', `${uuid}_${uuid}`, 1, 'rerun'],
    ['one of a backfill', 'backfill-4711', 0, 'backfill'],
    ['a redriven one of a backfill', 'backfill-4711', 1, 'backfill'],
  ])('says of %s where it comes from', (_, name, redriveCount, origin) => {
    expect(originOf({ id: 'arn', name, redriveCount })).toBe(origin);
  });
});

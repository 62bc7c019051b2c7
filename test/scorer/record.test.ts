import { expect, it, vi } from 'vitest';
import { tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { recordSuggestion } from '../../functions/scorer/record.ts';
import { metrics } from '../../functions/shared/metrics.ts';

const { data } = tagsSuggestedSample;

it.each([
  [
    'a whole suggestion',
    {},
    { Degraded: 0, KeywordsDegraded: 0, EmbeddingDegraded: 0, WithoutTags: 0, Tags: 1 },
  ],
  ['no tags', { tags: [] }, { Degraded: 0, WithoutTags: 1, Tags: 0 }],
  [
    'keywords from the stand-in',
    { degraded: ['keywords' as const] },
    { Degraded: 1, KeywordsDegraded: 1, EmbeddingDegraded: 0 },
  ],
  [
    'neither signal from its usual source',
    { degraded: ['keywords' as const, 'embedding' as const] },
    { Degraded: 1, KeywordsDegraded: 1, EmbeddingDegraded: 1 },
  ],
])('writes the metrics of %s', (_, changes, values) => {
  const write = vi
    .spyOn((metrics as unknown as { console: Console }).console, 'log')
    .mockImplementation(() => {});
  recordSuggestion({ ...tagsSuggestedSample, data: { ...data, ...changes } });
  const [[line]] = write.mock.calls as [[string]];
  write.mockRestore();
  const record = JSON.parse(line);
  expect(record).toMatchObject(values);
  expect(record._aws.CloudWatchMetrics).toMatchObject([
    { Namespace: 'TagSuggestions', Dimensions: [['service']] },
  ]);
});

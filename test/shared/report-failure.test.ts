import { afterEach, expect, it, vi } from 'vitest';
import { logger } from '../../functions/shared/logger.ts';
import { reportingFailure, subjectOf } from '../../functions/shared/report-failure.ts';

const error = vi.spyOn(logger, 'error');
afterEach(() => error.mockClear());

const subject = { articleId: 'first', revision: 3, executionId: 'arn' };

it.each([
  [
    'a request of the keyword and embedding functions',
    { detail: { data: { articleId: 'first', revision: 3, title: '' } }, executionId: 'arn' },
    subject,
  ],
  [
    'a request of the scorer',
    { keywords: { answer: { article: { articleId: 'first', revision: 3 } } }, execution: { id: 'arn' } },
    subject,
  ],
  ['an event without an article', { detail: {} }, {}],
  ['nothing at all', undefined, {}],
  ['text', 'hello', {}],
])('finds article and execution in %s', (_, request, expected) => {
  expect(JSON.parse(JSON.stringify(subjectOf(request)))).toEqual(expected);
});

it('writes what was thrown beside article and execution, and throws it on', async () => {
  const failure = Object.assign(new Error('OpenSearch did not answer in time'), { name: 'KeywordsTimeout' });
  const request = { detail: { data: { articleId: 'first', revision: 3 } }, executionId: 'arn' };
  await expect(reportingFailure(request, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(error).toHaveBeenCalledWith('failed', {
    ...subject,
    error: 'KeywordsTimeout',
    reason: 'OpenSearch did not answer in time',
  });
});

it('writes nothing when all goes well', async () => {
  expect(await reportingFailure({}, async () => 1)).toBe(1);
  expect(error).not.toHaveBeenCalled();
});

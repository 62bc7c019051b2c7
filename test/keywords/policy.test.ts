import { describe, expect, it } from 'vitest';
import { allowed, DEFAULT_POLICY, type Policy, readPolicy } from '../../functions/keywords/policy.ts';

const found = [
  { key: 'nextjs', known: true, prior: { articles: 12 } },
  { key: 'rust', known: true, prior: { articles: 2 } },
  { key: '量子将棋', known: false },
];

describe('what may be suggested', () => {
  it.each<[string, Partial<Policy>, string[], string[]]>([
    ['everything by default', {}, [], ['nextjs', 'rust', '量子将棋']],
    ['the catalogue alone', { mode: 'known' }, [], ['nextjs', 'rust']],
    ['tags in use, and phrases all the same', { minimumUsage: 10 }, [], ['nextjs', '量子将棋']],
    ['nothing blocked, by any spelling', { blocked: ['Next.js', '量子 将棋'] }, [], ['rust']],
    ['what is carried, too', {}, ['Next.js'], ['nextjs', 'rust', '量子将棋']],
    ['what is not carried yet', { carried: 'leave out' }, ['Next.js', '量子・将棋'], ['rust']],
  ])('%s', (_, policy, tags, keys) => {
    expect(allowed(found, { ...DEFAULT_POLICY, ...policy }, tags).map(({ key }) => key)).toEqual(keys);
  });
});

describe('the environment', () => {
  it.each([
    [{}, DEFAULT_POLICY],
    [
      { KEYWORDS_MODE: 'known', MINIMUM_USAGE: '3', BLOCKED_TAGS: 'a, ,b c', CARRIED_TAGS: 'leave out' },
      { mode: 'known', minimumUsage: 3, blocked: ['a', 'b c'], carried: 'leave out' },
    ],
  ])('%j', (environment, policy) => {
    expect(readPolicy(environment)).toEqual(policy);
  });

  it.each([
    [{ KEYWORDS_MODE: 'closed' }, 'KEYWORDS_MODE is "closed"'],
    [{ MINIMUM_USAGE: '-1' }, 'MINIMUM_USAGE is "-1"'],
    [{ CARRIED_TAGS: 'no' }, 'CARRIED_TAGS is "no"'],
  ])('%j is refused', (environment, words) => {
    expect(() => readPolicy(environment)).toThrow(words);
  });
});

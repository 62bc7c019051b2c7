import { expect, it } from 'vitest';
import { parseTime } from '../../../scripts/operate/since.ts';

const NOW = new Date('2026-04-08T12:00:00Z');

it.each([
  ['90m', '2026-04-08T10:30:00.000Z'],
  ['24h', '2026-04-07T12:00:00.000Z'],
  ['7d', '2026-04-01T12:00:00.000Z'],
  ['2026-04-01T09:00:00+09:00', '2026-04-01T00:00:00.000Z'],
  ['2026-04-01', '2026-04-01T00:00:00.000Z'],
])('reads %s as %s', (value, expected) => {
  expect(parseTime(value, NOW).toISOString()).toBe(expected);
});

it.each(['', 'yesterday', '24', '24 h', '-1h', '2026-04', '2026-13-01', '1'])('refuses %j', (value) => {
  expect(() => parseTime(value, NOW)).toThrow('must be like 90m, 24h, 7d or 2026-04-01T09:00:00Z.');
});

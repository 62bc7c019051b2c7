import { InvalidArgumentError } from 'commander';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** commander's parser for a time: `90m`, `24h` or `7d` ago, or a moment such as `2026-04-01T09:00:00Z`. */
export function parseTime(value: string, now: Date = new Date()): Date {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(value) ?? [];
  if (count && unit) return new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS]);
  const moment = /^\d{4}-\d\d-\d\d/.test(value) ? new Date(value) : undefined;
  if (!moment || Number.isNaN(moment.getTime())) {
    throw new InvalidArgumentError('must be like 90m, 24h, 7d or 2026-04-01T09:00:00Z.');
  }
  return moment;
}

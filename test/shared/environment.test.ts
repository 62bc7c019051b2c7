import { expect, it } from 'vitest';
import * as z from 'zod';
import { readEnvironment } from '../../functions/shared/environment.ts';

const shape = { BUS: z.string().min(1), LIMIT: z.coerce.number().int().default(5) };

it('reads typed values, with defaults', () => {
  expect(readEnvironment(shape, { BUS: 'blog' })).toEqual({ BUS: 'blog', LIMIT: 5 });
});

it.each([
  ['BUS', {}],
  ['BUS', { BUS: '' }],
  ['LIMIT', { BUS: 'blog', LIMIT: 'five' }],
])('names %s when it is missing or wrong', (name, environment) => {
  expect(() => readEnvironment(shape, environment)).toThrow(
    expect.objectContaining({ name: 'InvalidEnvironment', message: expect.stringContaining(name) }),
  );
});

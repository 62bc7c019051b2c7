import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { readDefinition, statesOf } from '../../infra/local/workflow.ts';

const FUNCTIONS = join(import.meta.dirname, '../../functions');
const definition = readDefinition();
const states = [...statesOf(definition)];
const tasks = states.filter(([, { Type }]) => Type === 'Task');

/** What degrades when it fails; every other failure fails the execution. */
const DEGRADING = ['ExtractKeywords', 'EmbedKeywords', 'EmbedArticle'];

describe('suggest-tags', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(definition as never);
    expect(isValid, errorsText?.('\n')).toBe(true);
  });

  it.each(states)('%s has a Comment that says what it does', (_, { Comment }) => {
    expect(String(Comment).split(' ').length).toBeGreaterThan(5);
  });

  it.each(tasks)('%s has a timeout and retries named errors with backoff and jitter', (_, task) => {
    expect(task.TimeoutSeconds).toBeGreaterThan(0);
    expect(task.Retry?.length).toBeGreaterThan(0);
    for (const retry of task.Retry ?? []) {
      expect(retry).toMatchObject({
        BackoffRate: 2,
        JitterStrategy: 'FULL',
        MaxDelaySeconds: expect.any(Number),
      });
      expect(retry.ErrorEquals).not.toContain('States.ALL');
    }
  });

  it('catches only where it degrades, and never everything', () => {
    expect(tasks.filter(([, { Catch }]) => Catch).map(([name]) => name)).toEqual(DEGRADING);
    for (const [, { Catch = [] }] of tasks) {
      for (const { ErrorEquals } of Catch) expect(ErrorEquals).not.toContain('States.ALL');
    }
  });

  it('neither retries nor degrades what is final', () => {
    const named = tasks.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap((rule) => rule.ErrorEquals),
    );
    for (const final of ['InvalidArticle', 'FitMismatch', 'InvalidEnvironment'])
      expect(named).not.toContain(final);
  });

  it('names only errors that AWS documents or the functions throw', () => {
    const source = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(FUNCTIONS, file), 'utf8'))
      .join('\n');
    const named = tasks.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap((rule) => rule.ErrorEquals),
    );
    const ours = [...new Set(named)].filter((name) => !/^(Lambda|States|Sandbox|Runtime)\./.test(name));
    expect(ours.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
  });
});

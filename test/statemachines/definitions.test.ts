import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { readDefinition, statesOf } from '../../infra/local/workflow.ts';

const PROJECT = join(import.meta.dirname, '../..');
const FOLDER = join(PROJECT, 'statemachines');

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const definition = readDefinition(join(FOLDER, file));
  const states = [...statesOf(definition)];
  const tasks = states.filter(([, { Type }]) => Type === 'Task');
  const rules = tasks.flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch]);
  const named = [...new Set(rules.flatMap(({ ErrorEquals }) => ErrorEquals))];

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
    }
  });

  it('neither retries nor catches everything', () => {
    for (const all of ['States.ALL', 'States.TaskFailed']) expect(named).not.toContain(all);
  });

  it('neither retries nor catches what is final', () => {
    for (const final of ['InvalidArticle', 'FitMismatch', 'InvalidEnvironment'])
      expect(named).not.toContain(final);
  });

  it('names only errors that AWS documents or the functions throw', () => {
    const functions = join(PROJECT, 'functions');
    const source = readdirSync(functions, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(functions, name), 'utf8'))
      .join('\n');
    const ours = named.filter(
      (name) => !/^(Lambda|States|Sandbox|Runtime|StepFunctions|Sfn)\.\w+$/.test(name),
    );
    expect(ours.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
  });
});

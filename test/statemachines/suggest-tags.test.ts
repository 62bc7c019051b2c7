import { expect, it } from 'vitest';
import { readDefinition, statesOf } from '../../infra/local/workflow.ts';

/** What degrades when it fails; every other failure fails the execution. */
const DEGRADING = ['ExtractKeywords', 'EmbedKeywords', 'EmbedArticle'];

it('catches only where it degrades', () => {
  const catching = [...statesOf(readDefinition())].filter(([, { Catch }]) => Catch);
  expect(catching.map(([name]) => name)).toEqual(DEGRADING);
});

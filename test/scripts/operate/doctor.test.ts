import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadFit } from '../../../functions/shared/fit.ts';
import { readDefinition, SUGGEST_TAGS } from '../../../infra/local/workflow.ts';
import { matchDefinition } from '../../../scripts/operate/doctor/definition.ts';
import { checkFit } from '../../../scripts/operate/doctor/knowledge.ts';

describe('a deployed definition', () => {
  const ours = JSON.parse(readFileSync(SUGGEST_TAGS, 'utf8'));
  // biome-ignore lint/suspicious/noExplicitAny: to be broken at will
  const deployed = (): any => readDefinition();

  it('is this checkout’s when only the placeholders differ, and tells what stands for them', () => {
    const { substitutions, differences } = matchDefinition(ours, deployed());
    expect(differences).toEqual([]);
    expect([...substitutions.keys()].toSorted()).toEqual([
      'EmbeddingFunctionArn',
      'FallbackKeywordsFunctionArn',
      'KeywordsFunctionArn',
      'ScorerFunctionArn',
    ]);
  });

  it('differs where a value, a state or an entry does, or one placeholder stands for two things', () => {
    const changed = deployed();
    changed.TimeoutSeconds = 60;
    changed.States.SuggestTags.Retry[0].ErrorEquals.push('States.ALL');
    delete changed.States.RefuseEvent;
    changed.States.GatherSignals.Branches[1].States.EmbedArticle.Parameters.FunctionName += ':2';
    expect(matchDefinition(ours, changed).differences).toEqual([
      'TimeoutSeconds',
      'States.RefuseEvent',
      'States.GatherSignals.Branches.1.States.EmbedArticle.Parameters.FunctionName',
      'States.SuggestTags.Retry.0.ErrorEquals.6',
    ]);
  });

  it('may be nothing at all', () => {
    expect(matchDefinition(ours, {}).differences).toContain('States');
  });
});

describe('the fit', () => {
  const fit = loadFit();
  const modelSha256 = fit.model.sha256;
  const catalogue = fit.catalogue.version;

  it('is in order with its model and its catalogue, edited or not', () => {
    expect(checkFit({ modelSha256, catalogue })[0]).not.toHaveProperty('wrong');
    expect(checkFit({ modelSha256, catalogue: `${catalogue}+0e013ef0012b` })[0]).not.toHaveProperty('wrong');
  });

  it.each([
    ['another model', { modelSha256: 'f'.repeat(64), catalogue }],
    ['another catalogue', { modelSha256, catalogue: 'other-2' }],
  ])('is wrong with %s', (_, used) => {
    expect(checkFit(used)[0]!.wrong).toMatch(
      /^executions fail with FitMismatch: fit .* deploy them together/,
    );
  });
});

import { expect, it } from 'vitest';
import { Installation } from '../../../scripts/operate/installation.ts';

const stack = (...ids: string[]) =>
  new Installation(
    { StackName: 'Blog', StackStatus: 'CREATE_COMPLETE', CreationTime: new Date() },
    ids.map((LogicalResourceId) => ({
      LogicalResourceId,
      PhysicalResourceId: `bus|${LogicalResourceId}`,
      ResourceType: 'AWS::Events::Rule',
      LastUpdatedTimestamp: new Date(),
      ResourceStatus: 'CREATE_COMPLETE',
    })),
  );

it('finds a part by its id in the construct, wherever the construct is', () => {
  const installation = stack('BlogToEditor0A1B2C3D', 'BlogTagsRule06A0D4D8', 'BlogTagsRuleRole4159F5EE');
  expect(installation.rule).toEqual({ EventBusName: 'bus', Name: 'BlogTagsRule06A0D4D8' });
});

it('is not misled by a part of that name in a construct within', () => {
  expect(stack('TagsHistoryRule11111111', 'TagsRule06A0D4D8').rule.Name).toBe('TagsRule06A0D4D8');
});

it.each([
  ['none', []],
  ['2', ['BlogTagsRule06A0D4D8', 'WikiTagsRule06A0D4D8']],
])('says that there are %s of them', (_, ids) => {
  expect(() => stack(...ids).rule).toThrow(/stack Blog has (no|2) resources Rule/);
});

import type { Installation } from '../installation.ts';
import { type Finding, finding } from './finding.ts';

const WORDS: [RegExp, string][] = [
  [/IN_PROGRESS$/, 'a deployment is under way: wait for its end, and ask again'],
  [
    /ROLLBACK_COMPLETE$/,
    'the last deployment failed and was taken back: the events of the stack in CloudFormation say why, then npm run deploy',
  ],
  [/FAILED$/, 'the last deployment failed: the events of the stack in CloudFormation say why'],
];

/** Did the last deployment end well? */
export function checkStack({ stackName, stackStatus }: Installation): Finding[] {
  const [, wrong] = WORDS.find(([status]) => status.test(stackStatus)) ?? [];
  return [finding(`stack ${stackName}`, wrong && `it is ${stackStatus}; ${wrong}`)];
}

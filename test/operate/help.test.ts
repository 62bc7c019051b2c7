import { describe, expect, it } from 'vitest';
import { run } from './command.ts';

const COMMANDS = [
  ['rerun', []],
  ['deadletters', []],
  ['deadletters', ['list']],
  ['deadletters', ['resend']],
  ['rule', ['pause']],
  ['rule', ['resume']],
  ['rule', ['replay']],
  ['doctor', []],
] as const;

const GIVEN: Record<string, string[]> = {
  rerun: ['--failed'],
  replay: ['--from', '3h', '--to', '2h'],
};
const givenTo = (script: string, [subcommand = script]: readonly string[]) => GIVEN[subcommand] ?? [];

describe.each(COMMANDS)('%s %j', (script, subcommand) => {
  it('explains itself, its exit codes too, and ends with 0', async () => {
    const { status, output } = await run(script, [...subcommand, '--help']);
    expect(output).toContain('Usage: npm run ');
    expect(output).toMatch(/Exit code: 0 .*[,;] 2 wrong input, or AWS cannot[\s]be asked\./s);
    expect(status).toBe(0);
  });

  it('refuses an unknown option in a line, with 2', async () => {
    const { status, output } = await run(script, [
      ...subcommand,
      ...givenTo(script, subcommand),
      '--quickly',
    ]);
    expect(output).toContain("error: unknown option '--quickly'");
    expect(status).toBe(2);
  });
});

describe.each(COMMANDS.filter(([script, [sub]]) => script !== 'deadletters' || sub))(
  '%s %j',
  (script, subcommand) => {
    it.each([
      ['region', {}, 'no region is set: export AWS_REGION'],
      ['credentials', { AWS_REGION: 'ap-northeast-1' }, 'no AWS credentials are found: run "aws login"'],
    ])('says in a line that there are no %s, with 2', async (_, environment, message) => {
      const { status, output } = await run(
        script,
        [...subcommand, ...givenTo(script, subcommand)],
        environment,
      );
      expect(output).toContain(message);
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(status).toBe(2);
    });
  },
);

it.each([
  ['deadletters', ['list']],
  ['deadletters', ['resend']],
  ['rule', ['pause']],
  ['rule', ['resume']],
  ['rule', ['replay', '--from', '3h', '--to', '2h']],
])('%s %j knows articles and tags, and nothing else', async (script, subcommand) => {
  const { status, output } = await run(script, [...subcommand, '--of', 'authors']);
  expect(output).toContain('Allowed choices are articles, tags.');
  expect(status).toBe(2);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pythonWith } from '../../scripts/python.ts';
import { DEPLOYMENTS, type Deployment, synthesize } from '../infra/deployments.ts';
import { ASSEMBLY, readTemplate, synth, withoutAws } from './assembly.ts';

const folder = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('npm run synth', () => {
  it('makes a template and what it uploads, without an account', () => {
    expect(Object.keys(readTemplate().Resources).length).toBeGreaterThan(40);
    expect(readdirSync(ASSEMBLY).filter((name) => name.startsWith('asset.')).length).toBe(8);
  });

  const unshare = spawnSync('unshare', ['-n', 'true']).status === 0;
  it.skipIf(!unshare)('needs no network', () => {
    const { status, stderr } = spawnSync(
      'unshare',
      ['-n', 'npm', 'run', 'synth', '--', '--output', join(folder, 'offline')],
      { env: withoutAws(), encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
  });

  it.each([
    ['openSerch=none', 'openSerch: no such setting; there are'],
    ['openSearch=http://search', 'openSearch: must be domain, none or the https:// endpoint'],
  ])('says in one line what is wrong with %s', (setting, message) => {
    const { status, output } = synth('--output', join(folder, 'wrong'), '-c', setting);
    expect(status).not.toBe(0);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe('cfn-lint', () => {
  const cfnLint = join(dirname(pythonWith(join(import.meta.dirname, 'requirements.txt'))), 'cfn-lint');
  // The CDK repeats dependencies that references imply: harmless, and not ours to change.
  const lint = (...templates: string[]) =>
    spawnSync(cfnLint, ['--ignore-checks', 'W3005', '--', ...templates], { encoding: 'utf8' });

  it('finds nothing in any deployment', () => {
    const templates = Object.keys(DEPLOYMENTS).map((name) => {
      const file = join(folder, `${name}.template.json`);
      writeFileSync(file, JSON.stringify(synthesize(name as Deployment).template.toJSON()));
      return file;
    });
    const { stdout, stderr } = lint(...templates, join(ASSEMBLY, 'TagSuggestions.template.json'));
    expect(stdout + stderr).toBe('');
  });

  it('would find a property that does not exist', () => {
    const file = join(folder, 'wrong.template.json');
    const template = readTemplate();
    const [queue] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::SQS::Queue');
    queue!.Properties.MesageRetentionPeriod = 1;
    writeFileSync(file, JSON.stringify(template));
    expect(lint(file).stdout).toContain("'MesageRetentionPeriod' was unexpected");
  });
});

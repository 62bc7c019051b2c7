import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');
/** The app's own assembly, bundles and all. */
export const ASSEMBLY = join(PROJECT, '.cache/synth/cdk.out');

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
type Resource = { Type: string; Properties: any };

/** Environment of a machine that knows nothing of AWS: no credentials, no region, no configuration, no proxy. */
export function withoutAws(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|MODEL_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Runs `npm run synth`, as a deployer does, and returns what it said. */
export function synth(...options: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'synth', '--', ...options], {
    cwd: PROJECT,
    env: withoutAws(),
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** The template of an assembly's only stack. */
export function readTemplate(assembly: string = ASSEMBLY): { Resources: Record<string, Resource> } {
  return JSON.parse(readFileSync(join(assembly, 'TagSuggestions.template.json'), 'utf8'));
}

/** A function as the template describes it, and the folder that becomes its code. */
export function findFunction(part: string): { code: string; variables: Record<string, unknown> } {
  const found = Object.entries(readTemplate().Resources).find(
    ([id, { Type }]) =>
      Type === 'AWS::Lambda::Function' && new RegExp(`^TagSuggestions${part}[0-9A-F]{8}$`).test(id),
  );
  if (!found) throw new Error(`the template has no function ${part}`);
  const { Code, Environment, Handler } = found[1].Properties;
  if (Handler !== 'index.handler') throw new Error(`${part} is started by ${Handler}`);
  return {
    code: join(ASSEMBLY, `asset.${Code.S3Key.replace('.zip', '')}`),
    variables: Environment.Variables,
  };
}

/** Files that an assembly uploads to the assets bucket under names of their own: path by object key. */
export function publishedFiles(): Map<string, string> {
  const { files } = JSON.parse(readFileSync(join(ASSEMBLY, 'TagSuggestions.assets.json'), 'utf8')) as {
    files: Record<
      string,
      {
        source: { path: string; packaging: string };
        destinations: Record<string, { objectKey: string }>;
      }
    >;
  };
  return new Map(
    Object.values(files)
      .filter(({ source }) => source.packaging === 'file')
      .flatMap(({ source, destinations }) =>
        Object.values(destinations).map(({ objectKey }) => [objectKey, join(ASSEMBLY, source.path)] as const),
      ),
  );
}

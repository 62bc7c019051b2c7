import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { SHIPPED_CATALOGUE } from '../../functions/keywords/catalogue.ts';
import { SHIPPED_FIT } from '../../functions/shared/fit.ts';
import { Knowledge, type KnowledgeProps } from '../../infra/knowledge.ts';

const MODEL = join(import.meta.dirname, '../../model');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function copyOf(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'knowledge-'));
  folders.push(folder);
  cpSync(source, folder, { recursive: true });
  return folder;
}

function changed(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

const deploy = (props: KnowledgeProps) => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  return { knowledge: new Knowledge(stack, 'Knowledge', props), stack, app };
};

describe('model, catalogue and fit', () => {
  it('publishes the files of the model under its hash, and a template that names them', () => {
    const { knowledge, stack, app } = deploy({});
    // A template must have some resource.
    new Topic(stack, 'Topic');
    const assembly = app.synth().directory;
    const assets = JSON.parse(readFileSync(join(assembly, 'Stack.assets.json'), 'utf8')).files as Record<
      string,
      { source: { path: string }; destinations: Record<string, { objectKey: string }> }
    >;
    const models = Object.values(assets)
      .map(({ source, destinations }) => ({ source, key: Object.values(destinations)[0]!.objectKey }))
      .filter(({ key }) => key.startsWith('models/'));
    const { modelPrefix, modelSha256 } = knowledge;
    const keys = ['metadata.json', 'model2vec.bin', 'vocab.txt'].map(
      (name) => `${modelPrefix}${modelSha256}/${name}`,
    );
    expect(models.map(({ key }) => key)).toEqual(keys);
    const { Metadata } = JSON.parse(readFileSync(join(assembly, 'Stack.template.json'), 'utf8'));
    expect(Metadata['TagSuggestions::Model']).toEqual(keys);
    for (const { source, key } of models) {
      const name = key.split('/').at(-1)!;
      expect(readFileSync(join(assembly, source.path)).equals(readFileSync(join(MODEL, name)))).toBe(true);
    }
  });

  it('gives other files another place, so that those of the last deployment stay', () => {
    const model = copyOf(MODEL);
    changed(join(model, 'metadata.json'), (json) =>
      JSON.stringify({ ...JSON.parse(json), licence: 'other' }),
    );
    const here = deploy({ model }).knowledge;
    const there = deploy({}).knowledge;
    expect(here.modelSha256).toBe(there.modelSha256);
    expect(here.modelPrefix).not.toBe(there.modelPrefix);
  });

  it('refuses a fit that was made with another model', () => {
    const fit = join(copyOf(SHIPPED_CATALOGUE), 'fit.json');
    writeFileSync(
      fit,
      readFileSync(SHIPPED_FIT, 'utf8').replace(/"sha256": "\w{64}"/, `"sha256": "${'0'.repeat(64)}"`),
    );
    expect(() => deploy({ fit })).toThrow(/was made with model 0{64}/);
  });

  it('refuses a catalogue that the fit was not made with', () => {
    const catalogue = copyOf(SHIPPED_CATALOGUE);
    changed(join(catalogue, 'catalogue.json'), (json) =>
      json.replace(/"version": "[^"]+"/, '"version": "mine-1"'),
    );
    expect(() => deploy({ catalogue })).toThrow(/was made with catalogue .+, in use is mine-1/);
  });

  it.each(['vocab.txt', 'model2vec.bin'])(
    'refuses a model whose %s is not what metadata.json says',
    (name) => {
      const model = copyOf(MODEL);
      writeFileSync(join(model, name), 'damaged');
      expect(() => deploy({ model })).toThrow(new RegExp(`${name} has 7 bytes and the SHA-256`));
      rmSync(join(model, name));
      expect(() => deploy({ model })).toThrow(`${name} is missing`);
    },
  );

  it('says how to get a model where there is none', () => {
    expect(() => deploy({ model: '/nowhere' })).toThrow(
      /no model in .*nowhere: fetch it with model\/download.sh/,
    );
  });
});

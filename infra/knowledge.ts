import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve } from 'node:path';
import { AssetStaging, FileAssetPackaging, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { parseMetadata } from '../functions/embedding/metadata.ts';
import { loadCatalogue, SHIPPED_CATALOGUE } from '../functions/keywords/catalogue.ts';
import { assertFits, loadFit, SHIPPED_FIT } from '../functions/shared/fit.ts';

export interface KnowledgeProps {
  /**
   * Folder with metadata.json, model2vec.bin and vocab.txt.
   *
   * @default the project's model
   */
  readonly model?: string;
  /**
   * Folder with catalogue.json, tags.tsv and terms.tsv.
   *
   * @default the project's catalogue
   */
  readonly catalogue?: string;
  /**
   * File that `npm run fit` wrote for this model and this catalogue.
   *
   * @default the project's fit
   */
  readonly fit?: string;
}

const MODEL = join(import.meta.dirname, '../model');
const MODEL_FILES = ['model2vec.bin', 'vocab.txt'] as const;

/**
 * Model, catalogue and fit: what belongs together is judged together, before anything is deployed.
 *
 * The files of the model become objects of the account's CDK assets bucket. They are uploaded before CloudFormation
 * starts, under a name made from their hashes: a new model lies beside the old one, which a rollback finds in place.
 */
export class Knowledge extends Construct {
  /** File of the fit. */
  readonly fit: string;
  /** What travels in the bundles of the keyword functions: name beside the bundle, and where it is now. */
  readonly files: Readonly<Record<string, string>>;
  readonly modelSha256: string;
  /** Another one whenever model, catalogue or fit is another one: articles are then suggested otherwise. */
  readonly version: string;
  readonly modelBucketName: string;
  /** The files are `<modelPrefix><modelSha256>/<name>`. */
  readonly modelPrefix: string;

  /** @throws Error when files are missing or damaged, or the fit was made with another model or catalogue */
  constructor(scope: Construct, id: string, props: KnowledgeProps = {}) {
    super(scope, id);
    const { model = MODEL, catalogue = SHIPPED_CATALOGUE, fit = SHIPPED_FIT } = props;
    this.fit = resolve(fit);
    this.files = { catalogue: resolve(catalogue), 'fit.json': this.fit };
    const json = readModelMetadata(model);
    const { files } = parseMetadata(json);
    this.modelSha256 = files['model2vec.bin'].sha256;
    for (const name of MODEL_FILES) verifyFile(join(model, name), files[name]);
    const { version: catalogueVersion } = loadCatalogue(catalogue);
    assertFits(loadFit(this.fit), { modelSha256: this.modelSha256, catalogue: catalogueVersion });
    this.version = createHash('sha256')
      .update(JSON.stringify([this.modelSha256, catalogueVersion, readFileSync(this.fit, 'utf8')]))
      .digest('hex')
      .slice(0, 32);

    // metadata.json names the hash of every other file, so its own hash stands for all of them.
    const revision = createHash('sha256').update(json).digest('hex').slice(0, 16);
    const places = ['metadata.json', ...MODEL_FILES].map((name) =>
      this.#publish(resolve(model, name), `models/${revision}/${this.modelSha256}/${name}`),
    );
    const [{ bucketName, objectKey }] = places as [(typeof places)[number]];
    this.modelBucketName = bucketName;
    this.modelPrefix = objectKey.slice(0, objectKey.indexOf(this.modelSha256));
    // `cdk gc` keeps what a template names.
    Stack.of(this).addMetadata(
      'TagSuggestions::Model',
      places.map((place) => place.objectKey),
    );
  }

  /** Allows to read the files of models, and nothing else, in the assets bucket. */
  grantReadModel(grantee: IGrantable): void {
    const folder = this.modelPrefix.slice(0, this.modelPrefix.indexOf('models/'));
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [
          // Not this revision's folder alone: earlier versions of the function need theirs until they are gone.
          Stack.of(this).formatArn({
            service: 's3',
            region: '',
            account: '',
            resource: this.modelBucketName,
            resourceName: `${folder}models/*`,
          }),
        ],
      }),
    );
  }

  #publish(file: string, key: string) {
    const extension = extname(key);
    const stack = Stack.of(this);
    const staging = new AssetStaging(this, basename(key), { sourcePath: file });
    return stack.synthesizer.addFileAsset({
      fileName: staging.relativeStagedPath(stack),
      packaging: FileAssetPackaging.FILE,
      // The synthesizer's object key is this name and the file's extension.
      sourceHash: key.slice(0, -extension.length),
    });
  }
}

function readModelMetadata(model: string): string {
  try {
    return readFileSync(join(model, 'metadata.json'), 'utf8');
  } catch (cause) {
    throw new Error(
      `no model in ${relative(process.cwd(), model) || model}: fetch it with model/download.sh, or name its folder`,
      { cause },
    );
  }
}

function verifyFile(file: string, expected: { bytes: number; sha256: string }): void {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) throw new Error(`${file} is missing; fetch the model again with model/download.sh`);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (sha256 !== expected.sha256) {
    throw new Error(
      `${file} has ${size} bytes and the SHA-256 ${sha256}, metadata.json says ${expected.bytes} and ${expected.sha256}; fetch the model again with model/download.sh`,
    );
  }
}

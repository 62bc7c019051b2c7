import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { readSettings } from '../../infra/settings.ts';
import { TagSuggestionsStack } from '../../infra/stack.ts';
import { findInstallation, type Installation } from '../../scripts/operate/installation.ts';
import { REGION } from './command.ts';

const BUCKET = `cdk-hnb659fds-assets-123456789012-${REGION}`;
const MODEL = join(import.meta.dirname, '../../model');
const DEFINITION = join(import.meta.dirname, '../../statemachines/suggest-tags.asl.json');
/** An archive with an empty file: nobody runs the functions here. */
const EMPTY_ZIP = Buffer.from(
  'UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAAJAAAAaW5kZXgubWpzUEsBAhQDFAAAAAAAAAAhAAAAAAAAAAAAAAAAAAkAAAAAAAAAAAAAAKSBAAAAAGluZGV4Lm1qc1BLBQYAAAAAAQABADcAAAAnAAAAAAA=',
  'base64',
);

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
type Template = { Resources: Record<string, { Type: string; Properties: any }>; Metadata: any; Outputs: any };

/** Settings of a stack with OpenSearch, and so with a history. */
export const WITH_HISTORY = {
  openSearch: 'https://search.example.com',
  openSearchDomainArn: `arn:aws:es:${REGION}:123456789012:domain/blog`,
};

/** Clients of the SDK for one stand-in. */
export function clientOptions(url: string) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint: url, region: REGION, credentials, forcePathStyle: true, maxAttempts: 1 };
}

/** Deploys the app's own template into moto's server, emptied before, and puts the model where the template says. */
export async function deployStack(url: string, context: Record<string, string> = {}): Promise<Installation> {
  await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  const template = synthesizeTemplate(context);
  const s3 = new S3Client(clientOptions(url));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const put = (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') await put(Properties.Code.S3Key, EMPTY_ZIP);
  }
  for (const key of template.Metadata['TagSuggestions::Model'] as string[]) {
    await put(key, readFileSync(join(MODEL, key.split('/').at(-1)!)));
  }
  const cloudFormation = new CloudFormationClient(clientOptions(url));
  await cloudFormation.send(
    new CreateStackCommand({ StackName: 'TagSuggestions', TemplateBody: forMoto(template) }),
  );
  const installation = await findInstallation({ stack: 'TagSuggestions' }, cloudFormation);
  await substituteFunctions(url, installation);
  return installation;
}

function synthesizeTemplate(context: Record<string, string>): Template {
  const app = new App({ context: { openSearch: 'none', ...context, 'aws:cdk:bundling-stacks': [] } });
  // Without the parameter of the bootstrap, which is not there.
  const synthesizer = new DefaultStackSynthesizer({
    generateBootstrapVersionRule: false,
  }) as IStackSynthesizer;
  const stack = new TagSuggestionsStack(app, 'TagSuggestions', readSettings(app.node), { synthesizer });
  return app.synth().getStackByName(stack.stackName).template;
}

/** What moto's CloudFormation reads otherwise than AWS's: names and patterns of EventBridge; it knows no alarms. */
function forMoto({ Resources, Outputs: { Dashboard: _, ...Outputs }, ...rest }: Template): string {
  const known = Object.entries(Resources).filter(([, { Type }]) => !Type.startsWith('AWS::CloudWatch::'));
  for (const [, { Type, Properties }] of known) {
    if (Type !== 'AWS::Events::Archive') continue;
    Properties.ArchiveName = 'published';
    Properties.EventPattern = JSON.stringify(Properties.EventPattern);
  }
  Outputs.ArchiveArn.Value = `arn:aws:events:${REGION}:123456789012:archive/published`;
  const text = JSON.stringify({ ...rest, Outputs, Resources: Object.fromEntries(known) });
  const [id, bus] = known.find(([, { Type }]) => Type === 'AWS::Events::EventBus')!;
  return text.replaceAll(JSON.stringify({ Ref: id }), JSON.stringify(bus.Properties.Name));
}

/** moto's CloudFormation does not fill in `DefinitionSubstitutions`. */
async function substituteFunctions(url: string, installation: Installation): Promise<void> {
  const lambda = new LambdaClient(clientOptions(url));
  const names = installation.all('AWS::Lambda::Function');
  const versions = await Promise.all(
    names.map(async (name) => {
      const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
      return Versions!.find(({ Version }) => Version !== '$LATEST')!.FunctionArn!;
    }),
  );
  const versionOf = (part: string) =>
    versions.find((arn) => new RegExp(`TagSuggestions${part}[0-9A-F]{8}`).test(arn));
  const definition = readFileSync(DEFINITION, 'utf8').replace(
    /\$\{(\w+)FunctionArn\}/g,
    (_, part) => (versionOf(part) ?? versionOf('FallbackKeywords'))!,
  );
  const { stateMachineArn } = installation;
  await new SFNClient(clientOptions(url)).send(
    new UpdateStateMachineCommand({ stateMachineArn, definition }),
  );
}

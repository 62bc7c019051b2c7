import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { synthesize } from '../infra/deployments.ts';
import { REGION } from '../operate/command.ts';

export const RESULTS = 'backfill-of-the-blog';
export const ARCHIVE = 'archive-of-the-blog';
const PARTS: Record<string, object> = {
  'AWS::S3::Bucket': { BucketName: RESULTS },
  'AWS::StepFunctions::StateMachine': {
    StateMachineName: 'TagSuggestions-backfill',
    RoleArn: 'arn:aws:iam::123456789012:role/backfill',
    DefinitionString: '{"StartAt":"End","States":{"End":{"Type":"Succeed"}}}',
  },
};

const clientOf = (url: string) => ({
  endpoint: url,
  region: REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** Puts what the command looks for into moto's server, emptied before, under the names of the app's own template. */
export async function deployStack(url: string): Promise<void> {
  await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  const { Resources } = synthesize('without OpenSearch').template.toJSON();
  const parts = Object.entries(Resources as Record<string, { Type: string }>)
    .filter(([id, { Type }]) => /Backfill(Machine|Bucket)[0-9A-F]{8}$/.test(id) && Type in PARTS)
    .map(([id, { Type }]) => [id, { Type, Properties: PARTS[Type] }]);
  await new CloudFormationClient(clientOf(url)).send(
    new CreateStackCommand({
      StackName: 'TagSuggestions',
      TemplateBody: JSON.stringify({ Resources: Object.fromEntries(parts) }),
    }),
  );
  await new S3Client({ ...clientOf(url), forcePathStyle: true }).send(
    new CreateBucketCommand({
      Bucket: ARCHIVE,
      CreateBucketConfiguration: { LocationConstraint: REGION },
    }),
  );
}

/** Objects in moto's S3. */
export class Objects {
  readonly #client: S3Client;

  constructor(url: string) {
    this.#client = new S3Client({ ...clientOf(url), forcePathStyle: true });
  }

  async put(Bucket: string, Key: string, Body: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket, Key, Body }));
  }

  /** Lines of all objects whose keys begin so, as a Distributed Map with LOAD_AND_FLATTEN reads them. */
  async lines(Bucket: string, Prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const texts: string[] = [];
    for (const { Key } of Contents) {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket, Key }));
      texts.push(await Body!.transformToString());
    }
    return texts.join('\n').split('\n').filter(Boolean);
  }
}

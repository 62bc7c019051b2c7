import type { Node } from 'constructs';
import * as z from 'zod';

const list = z
  .string()
  .transform((value) => value.split(',').map((item) => item.trim()))
  .pipe(z.array(z.string().min(1)));

const settingsSchema = z
  .strictObject({
    /** Name of the CloudFormation stack. */
    stackName: z.string().default('TagSuggestions'),
    /** An existing bus, `default` for the account's own; without it a new one is made. */
    eventBusName: z.string().optional(),
    /** Publishers whose events count, by `source`. */
    sources: list.default([]),
    /** `domain` makes one, `none` does without, or the https:// endpoint of one that exists. */
    openSearch: z
      .string()
      .regex(
        /^(?:domain|none|https:\/\/[^\s/]+)$/,
        'must be domain, none or the https:// endpoint of a domain, without a path',
      )
      .default('domain'),
    /** Goes with an endpoint. */
    openSearchDomainArn: z
      .string()
      .regex(/^arn:[\w-]+:es:/)
      .optional(),
    dataNodes: z.coerce
      .number()
      .pipe(z.union([z.literal(1), z.literal(3)], { error: 'must be 1 or 3' }))
      .default(1),
    instanceType: z
      .string()
      .regex(/\.search$/, 'must be an instance type of OpenSearch, such as m7g.medium.search')
      .optional(),
    indexPrefix: z.string().optional(),
    /** The VPC of the domain and of the keyword function, with private subnets and their zones in the same order. */
    vpcId: z.string().optional(),
    subnetIds: list.default([]),
    availabilityZones: list.default([]),
    /** Of the keyword function. */
    securityGroupIds: list.default([]),
    /** Names of buckets that `bodyLocation` may point to. */
    bodyBuckets: list.default([]),
    /** Names of buckets that a backfill may read archives from. */
    backfillBuckets: list.default([]),
    provisionedConcurrency: z.coerce.number().int().min(0).default(0),
    archiveDays: z.coerce.number().int().min(1).default(30),
    /** Told of alarms, after the address has confirmed its subscription. */
    alarmEmail: z.email().optional(),
  })
  .refine(({ openSearch, openSearchDomainArn }) => !openSearch.startsWith('https') || openSearchDomainArn, {
    path: ['openSearchDomainArn'],
    error: 'is missing; it goes with the endpoint of an existing domain',
  })
  .refine(
    ({ vpcId, subnetIds, availabilityZones }) =>
      vpcId ? subnetIds.length > 0 && subnetIds.length === availabilityZones.length : true,
    { path: ['subnetIds'], error: 'must be given with vpcId, and as many availabilityZones' },
  );

/** How the app is configured: `npm run deploy -- -c name=value`, or `context` in cdk.json. */
export type Settings = z.infer<typeof settingsSchema>;

/**
 * Reads the app's settings from the CDK context.
 *
 * @throws Error with one line for each setting that is wrong or unknown
 */
export function readSettings(node: Node): Settings {
  const context = node.getAllContext() as Record<string, unknown>;
  // The CDK's own entries all have a colon or a slash.
  const own = Object.entries(context).filter(([name]) => !/[:/]/.test(name));
  const parsed = settingsSchema.safeParse(Object.fromEntries(own));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: no such setting; there are ${Object.keys(settingsSchema.shape).join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}, got ${JSON.stringify(context[String(issue.path[0])])}`,
  );
  throw new Error(`wrong settings (-c name=value):\n${problems.join('\n')}`);
}

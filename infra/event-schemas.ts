import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import * as z from 'zod';
import { ARTICLE_PUBLISHED, articlePublished } from '../functions/contracts/article-published.ts';
import { ARTICLE_TAGGED, articleTagged } from '../functions/contracts/article-tagged.ts';
import { TAGS_SUGGESTED, tagsSuggested } from '../functions/contracts/tags-suggested.ts';

/** The contracts as publishers and subscribers find them in the EventBridge schema registry. */
export class EventSchemas extends Construct {
  readonly registry: CfnRegistry;

  constructor(scope: Construct, id: string, { registryName }: { readonly registryName: string }) {
    super(scope, id);
    this.registry = new CfnRegistry(this, 'Registry', {
      registryName,
      description: 'Events of tag suggestions',
    });
    const events = [
      { id: 'ArticlePublished', detailType: ARTICLE_PUBLISHED, detail: articlePublished },
      { id: 'ArticleTagged', detailType: ARTICLE_TAGGED, detail: articleTagged },
      {
        id: 'TagsSuggested',
        detailType: TAGS_SUGGESTED.detailType,
        detail: tagsSuggested,
        source: TAGS_SUGGESTED.source,
      },
    ];
    for (const { id: name, ...event } of events) {
      const schema = new CfnSchema(this, name, {
        registryName,
        schemaName: event.source ? `${event.source}@${event.detailType}` : event.detailType,
        type: 'JSONSchemaDraft4',
        description: `The event ${event.detailType} as it is on the bus, version 1`,
        content: JSON.stringify(eventSchema(event)),
      });
      schema.addResourceDependency(this.registry);
    }
  }
}

/** JSON Schema (draft 4, what the registry takes) of a whole event, the contract as its detail. */
export function eventSchema(event: { detailType: string; detail: z.ZodType; source?: string | undefined }) {
  const { $schema, ...detail } = z.toJSONSchema(event.detail, { target: 'draft-4', io: 'input' });
  return {
    $schema,
    title: event.detailType,
    type: 'object',
    required: ['id', 'source', 'detail-type', 'detail'],
    properties: {
      id: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      source: event.source ? { type: 'string', enum: [event.source] } : { type: 'string' },
      'detail-type': { type: 'string', enum: [event.detailType] },
      detail,
    },
  };
}

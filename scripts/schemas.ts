import { join } from 'node:path';
import * as z from 'zod';
import { articlePublished, articlePublishedSample } from '../functions/contracts/article-published.ts';
import { articleTagged, articleTaggedSample } from '../functions/contracts/article-tagged.ts';
import { tagsSuggested, tagsSuggestedSample } from '../functions/contracts/tags-suggested.ts';

export const SCHEMA_FOLDER = join(import.meta.dirname, '../functions/contracts/schemas');

const EVENTS = {
  'article-published': { schema: articlePublished, sample: articlePublishedSample },
  'article-tagged': { schema: articleTagged, sample: articleTaggedSample },
  'tags-suggested': { schema: tagsSuggested, sample: tagsSuggestedSample },
};

/** Name and content of each published file: for every event its JSON Schema (draft 2020-12) and a sample. */
export function schemaFiles(): Map<string, string> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map(
    Object.entries(EVENTS).flatMap(([name, { schema, sample }]) => [
      [`${name}.schema.generated.json`, json(z.toJSONSchema(schema, { io: 'input' }))],
      [`${name}.sample.generated.json`, json(sample)],
    ]),
  );
}

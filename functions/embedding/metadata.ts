import * as z from 'zod';
import { ModelCorrupt } from './errors.ts';

const fileFacts = z.object({
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What the loader needs of metadata.json; the file holds more, for people. */
const modelMetadataSchema = z.looseObject({
  name: z.string().min(1),
  version: z.string().min(1),
  dimension: z.int().positive(),
  vocabularySize: z.int().positive(),
  tokenizer: z.looseObject({
    type: z.literal('unigram'),
    normalizer: z.tuple([z.literal('NFKC'), z.literal('Lowercase')]),
    pattern: z.union([z.string().min(1), z.looseObject({ javascript: z.string().min(1) })]),
    unknownToken: z.string().min(1),
    unknownPenalty: z.literal(10),
  }),
  quantization: z.looseObject({ type: z.literal('int8'), scale: z.literal('row') }),
  files: z.looseObject({ 'model2vec.bin': fileFacts, 'vocab.txt': fileFacts }),
});

export type ModelMetadata = z.infer<typeof modelMetadataSchema>;

/** Name, in `metadata.files` and in the folder of the model. */
export type ModelFileName = 'model2vec.bin' | 'vocab.txt';

/**
 * @param json content of metadata.json
 * @throws ModelCorrupt when it is not JSON or lacks what the loader needs; the message names the fields
 */
export function parseMetadata(json: string): ModelMetadata {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ModelCorrupt('metadata.json is not JSON; fetch the model again with model/download.sh', {
      cause,
    });
  }
  const result = modelMetadataSchema.safeParse(value, { jitless: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`,
  );
  throw new ModelCorrupt(
    `metadata.json is not that of a model this loader can read: ${problems.join('; ')}`,
    {
      cause: result.error,
    },
  );
}

/** The regular expression of the pre-tokenizer, in JavaScript's spelling. */
export function patternOf({ tokenizer }: ModelMetadata): string {
  return typeof tokenizer.pattern === 'string' ? tokenizer.pattern : tokenizer.pattern.javascript;
}

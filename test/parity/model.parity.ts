import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosineSimilarity } from '../../functions/contracts/vector.ts';
import { createModel2VecLoader } from '../../functions/embedding/model-loader.ts';
import type { Model2Vec } from '../../functions/embedding/model2vec.ts';
import { pythonWith } from '../../scripts/python.ts';
import { temporaryFolder } from '../embedding/model-folder.ts';
import { assignedCharacters, randomTexts, textsToEmbed } from './texts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODEL = process.env.MODEL_PATH || join(ROOT, 'model');
const SETTING_UP_MS = 300_000;

interface Answers {
  readonly embed: number[][];
  readonly tokenize: number[][];
}

describe.skipIf(!existsSync(join(MODEL, 'model2vec.bin')))(
  'the model and the reference implementation',
  () => {
    const embedded = textsToEmbed();
    const tokenized = [...randomTexts(), ...assignedCharacters()];
    let model: Model2Vec;
    let answers: Answers;
    let vectors: Float32Array;

    beforeAll(async () => {
      const folder = temporaryFolder();
      const [questionsFile, answersFile, vectorsFile] = ['questions.json', 'answers.json', 'vectors.bin'].map(
        (name) => join(folder, name),
      ) as [string, string, string];
      writeFileSync(questionsFile, JSON.stringify({ embed: embedded, tokenize: tokenized }));
      execFileSync(
        pythonWith(join(ROOT, 'scripts/requirements-reference.txt')),
        [join(ROOT, 'test/parity/reference.py'), MODEL, questionsFile, answersFile, vectorsFile],
        { stdio: 'inherit' },
      );
      answers = JSON.parse(readFileSync(answersFile, 'utf8'));
      const bytes = readFileSync(vectorsFile);
      vectors = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      model = await createModel2VecLoader({ modelPath: MODEL }).load();
    }, SETTING_UP_MS);

    it('give the same token ids for at least 500 texts of every kind', () => {
      expect(embedded.length).toBeGreaterThanOrEqual(500);
      expect(differing(embedded, answers.embed)).toEqual([]);
    });

    it('give the same token ids for random strings and for every assigned character alone', () => {
      expect(differing(tokenized, answers.tokenize)).toEqual([]);
    });

    it('give the same vectors', () => {
      const far = embedded.filter((text, i) => {
        const theirs = vectors.subarray(i * model.dimension, (i + 1) * model.dimension);
        const ours = model.embed(text);
        const bothZero =
          ours.every((component) => component === 0) && theirs.every((component) => component === 0);
        return !bothZero && cosineSimilarity(ours, theirs) < 0.999;
      });

      expect(vectors.length).toBe(embedded.length * model.dimension);
      expect(far).toEqual([]);
    });

    function differing(texts: readonly string[], expected: readonly number[][]): string[] {
      return texts.filter((text, i) => model.tokenize(text).join() !== expected[i]?.join());
    }
  },
);

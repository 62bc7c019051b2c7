import { describe, expect, it } from 'vitest';
import { createLoaderFromEnvironment } from '../../functions/embedding/environment.ts';

const sha256 = 'a'.repeat(64);

describe('environment of the embedding function', () => {
  it.each([
    [{ MODEL_BUCKET: 'models' }, 'MODEL_SHA256'],
    [
      { MODEL_BUCKET: 'models', MODEL_SHA256: sha256.toUpperCase() },
      'must be 64 hexadecimal digits in lower case',
    ],
    [{ MODEL_BUCKET: 'm', MODEL_SHA256: sha256 }, 'MODEL_BUCKET is "m"'],
  ])('names what is wrong in %j', (environment, message) => {
    expect(() => createLoaderFromEnvironment(environment)).toThrow(
      expect.objectContaining({ name: 'InvalidEnvironment', message: expect.stringContaining(message) }),
    );
  });

  it('takes a bucket and a hash, or a folder', () => {
    expect(() => createLoaderFromEnvironment({ MODEL_BUCKET: 'models', MODEL_SHA256: sha256 })).not.toThrow();
    expect(createLoaderFromEnvironment({}).modelPath).toBe(process.env.MODEL_PATH || './model');
  });
});

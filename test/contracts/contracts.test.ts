import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  articlePublished,
  articlePublishedSample as sample,
} from '../../functions/contracts/article-published.ts';
import { MAX_INLINE_BODY_BYTES } from '../../functions/contracts/limits.ts';
import { tagsSuggested, tagsSuggestedSample } from '../../functions/contracts/tags-suggested.ts';
import { suggestionId } from '../../functions/scorer/suggestion.ts';
import { describeIssues } from '../../functions/shared/accept-article.ts';
import { SCHEMA_FOLDER, schemaFiles } from '../../scripts/schemas.ts';

describe('ArticlePublished', () => {
  it('accepts its sample', () => {
    expect(articlePublished.parse(sample)).toEqual(sample);
  });

  it.each([
    ['a body in a bucket', { body: undefined, bodyLocation: { bucket: 'articles', key: 'a/1.md' } }],
    ['the largest inline body', { body: 'あ'.repeat(Math.floor(MAX_INLINE_BODY_BYTES / 3)) }],
    ['a field it does not know', { colour: 'red' }],
  ])('accepts %s', (_, change) => {
    expect(articlePublished.safeParse({ ...sample, data: { ...sample.data, ...change } }).success).toBe(true);
  });

  it.each([
    ['a missing title', { title: undefined }, 'data.title'],
    ['an empty title', { title: '  ' }, 'data.title'],
    ['a title that is no text', { title: 5 }, 'data.title'],
    ['an empty body', { body: ' \n' }, 'data.body'],
    ['neither body nor bodyLocation', { body: undefined }, 'data.body'],
    ['both body and bodyLocation', { bodyLocation: { bucket: 'articles', key: 'a' } }, 'data.body'],
    ['a body over 128 KiB', { body: 'a'.repeat(MAX_INLINE_BODY_BYTES + 1) }, 'data.body'],
    ['a body that grows too large as JSON', { body: '"'.repeat(MAX_INLINE_BODY_BYTES) }, 'data.body'],
    ['an unknown format', { format: 'docx' }, 'data.format'],
    ['a negative revision', { revision: -1 }, 'data.revision'],
    ['a revision that is no integer', { revision: 1.5 }, 'data.revision'],
    ['tags that are no list', { tags: 'aws' }, 'data.tags'],
  ])('refuses %s and names the field', (_, change, field) => {
    const parsed = articlePublished.safeParse({ ...sample, data: { ...sample.data, ...change } });
    expect(describeIssues(parsed.error!)).toContain(`${field}: `);
  });

  it('refuses another version', () => {
    const parsed = articlePublished.safeParse({ ...sample, metadata: { ...sample.metadata, version: '2' } });
    expect(describeIssues(parsed.error!)).toContain('metadata.version: ');
  });
});

describe('TagsSuggested', () => {
  it('accepts its sample, whose id is the hash of its data', () => {
    expect(tagsSuggested.parse(tagsSuggestedSample)).toEqual(tagsSuggestedSample);
    expect(tagsSuggestedSample.metadata.id).toBe(suggestionId(tagsSuggestedSample.data));
  });
});

describe('published schemas', () => {
  it.each([...schemaFiles()])('%s is what npm run schemas writes', (name, content) => {
    expect(readFileSync(join(SCHEMA_FOLDER, name), 'utf8')).toBe(content);
  });
});

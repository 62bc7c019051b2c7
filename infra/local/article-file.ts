import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ArticlePublished } from '../../functions/contracts/article-published.ts';
import { MAX_BODY_BYTES } from '../../functions/contracts/limits.ts';
import { InvalidArticle } from '../../functions/shared/errors.ts';
import { decodeUtf8 } from '../../functions/shared/load-body.ts';
import {
  authorOf,
  FIRST_HEADING,
  type FrontMatter,
  FrontMatterError,
  splitFrontMatter,
  tagsOf,
} from '../../scripts/front-matter.ts';
import { articleIdOf, authorIdOf } from './article-id.ts';

/** The bus event that starts the workflow, as EventBridge delivers it. */
export interface BusEvent {
  id: string;
  'detail-type': string;
  source: string;
  time: string;
  detail: unknown;
}

type Format = ArticlePublished['data']['format'];

const FORMATS: Record<string, Format> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdx': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.txt': 'text',
};

/**
 * Reads a file as the event that a platform would send for it: Markdown with front matter (Zenn, Hugo, Jekyll style),
 * HTML, plain text, or an `ArticlePublished` event as JSON. `-` reads standard input.
 *
 * What it cannot judge it passes on: the contract is checked by the functions.
 *
 * @param author whose article it is, whatever it says
 * @throws InvalidArticle when there is no such file, or it is no text, or no event
 */
export async function readArticleFile(path: string, author?: string): Promise<BusEvent> {
  const bytes = path === '-' ? Buffer.from(await text(process.stdin)) : readBytes(path);
  const content = decodeUtf8(bytes, path).replace(/^\uFEFF/, '');
  if (content.includes('\0')) throw new InvalidArticle(`${path}: must be text, is binary`);
  if (content.trim() === '') throw new InvalidArticle(`${path}: must not be empty`);
  const extension = extname(path).toLowerCase();
  if (extension === '.json' || (path === '-' && content.trimStart().startsWith('{')))
    return by(author, readEvent(content, path));
  const format = FORMATS[extension] ?? (path === '-' ? 'markdown' : undefined);
  if (!format) {
    const known = [...Object.keys(FORMATS), '.json'].join(', ');
    throw new InvalidArticle(`${path}: must be one of ${known}, or - for standard input`);
  }
  return by(author, busEvent(articleOf(content, format, path)));
}

function by(authorId: string | undefined, event: BusEvent): BusEvent {
  const { data, ...detail } = (event.detail ?? {}) as { data?: unknown };
  if (authorId === undefined || typeof data !== 'object') return event;
  return { ...event, detail: { ...detail, data: { ...data, authorId } } };
}

function readBytes(path: string): Buffer {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new InvalidArticle(`${path}: no such file`);
  if (!stat.isFile()) throw new InvalidArticle(`${path}: must be a file`);
  if (stat.size > 4 * MAX_BODY_BYTES) {
    throw new InvalidArticle(`${path}: has ${stat.size} bytes, an article has at most ${MAX_BODY_BYTES}`);
  }
  return readFileSync(path);
}

/** Takes a whole bus event, or the event's `detail` alone. */
function readEvent(content: string, path: string): BusEvent {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new InvalidArticle(`${path}: must be JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof value === 'object' && value !== null && 'detail' in value) {
    return { ...busEvent(undefined), ...value } as BusEvent;
  }
  return { ...busEvent(undefined), detail: value };
}

function articleOf(content: string, format: Format, path: string): ArticlePublished['data'] {
  const { attributes, body } =
    format === 'text' ? { attributes: {}, body: content } : readFrontMatter(content, path);
  const title = typeof attributes.title === 'string' ? attributes.title : titleIn(body, format);
  const withoutEnding = path === '-' ? undefined : path.slice(0, -extname(path).length);
  return {
    articleId:
      withoutEnding === undefined
        ? createHash('sha256').update(content).digest('hex').slice(0, 16)
        : articleIdOf(withoutEnding),
    revision: 0,
    title,
    body,
    format,
    ...(withoutEnding !== undefined && { authorId: authorOf(attributes) ?? authorIdOf(withoutEnding) }),
    tags: tagsOf(attributes),
  };
}

/** @throws InvalidArticle naming file and line when the front matter cannot be read */
function readFrontMatter(content: string, path: string): FrontMatter {
  try {
    return splitFrontMatter(content);
  } catch (cause) {
    if (!(cause instanceof FrontMatterError)) throw cause;
    throw new InvalidArticle(`${path}:${cause.line}: front matter cannot be read: ${cause.message}`, {
      cause,
    });
  }
}

const TITLES: Record<Format, RegExp> = {
  markdown: FIRST_HEADING,
  html: /<(?:title|h1)\b[^>]*>\s*([^<]+)/i,
  text: /^\s*(\S.*)$/m,
};

/** The first heading, or the first line of plain text; '' where there is none. */
function titleIn(body: string, format: Format): string {
  return TITLES[format].exec(body)?.[1]?.trim().slice(0, 500) ?? '';
}

/** An event as the bus delivers it; published now unless told otherwise. */
export function busEvent(
  data: ArticlePublished['data'] | undefined,
  now: string = new Date().toISOString(),
): BusEvent {
  const id = crypto.randomUUID();
  return {
    id,
    'detail-type': 'ArticlePublished',
    source: 'local',
    time: now,
    detail: { metadata: { id, version: '1', publishedAt: now }, data },
  };
}

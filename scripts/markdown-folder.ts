import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { languageOf } from '../functions/shared/language.ts';
import { decodeUtf8 } from '../functions/shared/load-body.ts';
import {
  authorOf,
  FIRST_HEADING,
  FrontMatterError,
  nonEmpty,
  splitFrontMatter,
  tagsOf,
} from './front-matter.ts';

const MARKDOWN = /\.(md|mdx|markdown)$/i;
/** Folders that hold no articles of the blog's own. */
const SKIPPED = /(^|[/\\])(node_modules|\.[^/\\]+)([/\\]|$)/;

/** The Markdown files in a folder and below it, in the order of their paths. */
export async function listMarkdown(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && MARKDOWN.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !SKIPPED.test(relative(folder, file)))
    .sort();
}

/** What a Markdown file says of its article, still to be judged. */
export interface MarkdownArticle {
  id: string;
  title: string;
  body: string;
  tags: string[];
  source: string;
  lang: string;
  date?: string;
}

/**
 * Reads a Markdown file with front matter as a tagged article. Its id is the path below the folder, its source the
 * front matter's `author`, else the folder's name; its letters tell the language where the front matter names none.
 */
export function readMarkdown(
  file: string,
  folder: string,
): MarkdownArticle | { line: number; problem: string } {
  try {
    const content = decodeUtf8(readFileSync(file), file).replace(/^\uFEFF/, '');
    const { attributes, body } = splitFrontMatter(content);
    const { title, lang, language } = attributes;
    const tags = tagsOf(attributes);
    if (tags.length === 0) return { line: 1, problem: 'its front matter has no tags' };
    const text = body.trim();
    if (text === '')
      return { line: content.slice(0, -body.length || undefined).split('\n').length, problem: 'has no text' };
    const date = dateOf(attributes, file);
    const named = nonEmpty(title) ?? FIRST_HEADING.exec(text)?.[1] ?? basename(file, extname(file));
    return {
      id: relative(folder, file).slice(0, -extname(file).length),
      title: named,
      body,
      tags,
      source: authorOf(attributes) ?? basename(resolve(folder)),
      lang:
        nonEmpty(lang ?? language)
          ?.slice(0, 2)
          .toLowerCase() ?? languageOf({ title: named, body: text }),
      ...(date !== undefined && { date }),
    };
  } catch (error) {
    const line = error instanceof FrontMatterError ? error.line : 1;
    return { line, problem: (error as Error).message };
  }
}

/** When an article was published, as each kind of blog says it: the first that says anything. */
const DATES = ['date', 'published_at', 'created_at', 'pubDate', 'publishDate', 'updated_at'];

/** What the front matter says, else the day at the beginning of the file's name, as Jekyll has it. */
function dateOf(attributes: Record<string, unknown>, file: string): string | undefined {
  const said = DATES.map((name) => attributes[name])
    .map((value) => nonEmpty(value instanceof Date ? value.toISOString() : value))
    .find((value) => value !== undefined);
  return said ?? /^\d{4}-\d{2}-\d{2}(?=-)/.exec(basename(file))?.[0];
}

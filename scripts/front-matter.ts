import { parse as parseToml, TomlError } from 'smol-toml';
import { parseDocument } from 'yaml';

export interface FrontMatter {
  attributes: Record<string, unknown>;
  body: string;
}

/** Front matter that is no YAML or TOML, or no table of names and values. */
export class FrontMatterError extends Error {
  override name = 'FrontMatterError';
  /** Line of the file, from 1. */
  readonly line: number;

  constructor(message: string, line: number, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

const FENCED = /^(---|\+\+\+)[ \t]*\r?\n([\s\S]*?)\r?\n?^\1[ \t]*$\r?\n?/m;

/**
 * Splits a Markdown or HTML file into its front matter, YAML between `---` or TOML between `+++`, and the rest. A file
 * without any has no attributes.
 *
 * @throws FrontMatterError naming the line when it cannot be read
 */
export function splitFrontMatter(content: string): FrontMatter {
  const match = FENCED.exec(content);
  if (match?.index !== 0) return { attributes: {}, body: content };
  const [whole, fence, header] = match as unknown as [string, string, string];
  const attributes = (fence === '---' ? readYaml(header) : readToml(header)) ?? {};
  if (typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw new FrontMatterError('must be names and values', 2);
  }
  return { attributes: attributes as Record<string, unknown>, body: content.slice(whole.length) };
}

function readYaml(header: string): unknown {
  const document = parseDocument(header, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const [message] = error.message.split('\n');
    throw new FrontMatterError(message!, 1 + (error.linePos?.[0].line ?? 1), { cause: error });
  }
  return document.toJS();
}

function readToml(header: string): unknown {
  try {
    return parseToml(header);
  } catch (cause) {
    const [message] = (cause as Error).message.split('\n');
    throw new FrontMatterError(message!, 1 + (cause instanceof TomlError ? cause.line : 1), { cause });
  }
}

/**
 * The author's tags: Zenn's `topics`, else `tags` as Qiita, Hugo, Jekyll and Astro write them (a list of names or of
 * `{name}`, or one text of names between commas or else spaces), else Zola's `taxonomies.tags`.
 */
export function tagsOf({ topics, tags, taxonomies }: FrontMatter['attributes']): string[] {
  const said = topics ?? tags ?? (taxonomies as { tags?: unknown } | null | undefined)?.tags ?? '';
  const names = Array.isArray(said)
    ? said.map(nameOf)
    : String(said).split(/,/.test(String(said)) ? /,/ : /\s+/);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

function nameOf(tag: unknown): string {
  return String(typeof tag === 'object' && tag !== null && 'name' in tag ? tag.name : (tag ?? ''));
}

/** The first heading of Markdown that has no title of its own. */
export const FIRST_HEADING = /^#{1,6}\s+(.+?)\s*#*$/m;

/** The article's author, or the first of several; undefined where none is named. */
export function authorOf({ author, authors }: Record<string, unknown>): string | undefined {
  return nonEmpty(author ?? (Array.isArray(authors) ? authors[0] : authors));
}

/** Front matter may hold anything under a name; a title or author that is no text or number counts as absent. */
export function nonEmpty(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text;
}

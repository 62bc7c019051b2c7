import { Parser } from 'htmlparser2';
import MarkdownIt from 'markdown-it';
import type { Article } from '../contracts/article-published.ts';

/** A stretch of reading text: a heading, a paragraph, a list item, a table cell. */
export interface Block {
  where: 'title' | 'heading' | 'lead' | 'body';
  /** Plain text: no markup, no URLs, NFKC, single spaces; well-formed UTF-16. */
  text: string;
  /** Where in the source (the title, or the body as published) the block's markup lies, in UTF-16 code units. */
  start: number;
  end: number;
}

/** A code block is not prose: its language and its imports are signals of their own. */
export interface CodeBlock {
  /** The word after the fence (`ts`, `diff`, …), lower case, '' where there is none. */
  language: string;
  text: string;
}

/** An article as the signals read it. */
export interface ArticleText {
  title: string;
  blocks: Block[];
  code: CodeBlock[];
}

/** The lead is the prose before the first heading that follows it, up to about this many characters. */
const LEAD_CHARACTERS = 400;

/**
 * Reads title and body into blocks of plain text.
 *
 * Fenced code is kept apart; link texts count, URLs do not; scripts and styles are dropped. Never throws: broken
 * markup is read as far as it goes.
 */
export function readArticleText({
  title,
  body,
  format,
}: Pick<Article, 'title' | 'format'> & { body: string }): ArticleText {
  const source = body.toWellFormed();
  const cleanTitle = collapse(title.toWellFormed());
  const { blocks, code } = READERS[format](source);
  const titleBlock: Block = { where: 'title', text: cleanTitle, start: 0, end: title.length };
  return { title: cleanTitle, blocks: [titleBlock, ...withLead(blocks)], code };
}

type Reading = { blocks: Block[]; code: CodeBlock[] };

const READERS: Record<Article['format'], (source: string) => Reading> = {
  markdown: readMarkdown,
  html: readHtml,
  text: readPlainText,
};

const markdown = new MarkdownIt({ html: true, linkify: false });
/** Deeper nesting than this is no article; markdown-it then keeps the rest as text. */
markdown.options.maxNesting = 50;

function readMarkdown(source: string): Reading {
  const blocks: Block[] = [];
  const code: CodeBlock[] = [];
  const lineStarts = startsOfLines(source);
  const offsetOfLine = (line: number) => lineStarts[line] ?? source.length;
  const heading = { open: false };
  for (const token of markdown.parse(source, {})) {
    const [firstLine, endLine] = token.map ?? [0, lineStarts.length];
    const start = offsetOfLine(firstLine);
    const end = offsetOfLine(endLine);
    if (token.type === 'heading_open') heading.open = true;
    else if (token.type === 'heading_close') heading.open = false;
    else if (token.type === 'inline') {
      const text = inlineText(token.children ?? []);
      addBlock(blocks, { where: heading.open ? 'heading' : 'body', text, start, end });
    } else if (token.type === 'fence' || token.type === 'code_block') {
      const language = token.info
        .trim()
        .split(/[\s:{,]/, 1)[0]!
        .toLowerCase();
      code.push({ language, text: token.content });
    } else if (token.type === 'html_block') {
      const html = readHtml(token.content);
      for (const block of html.blocks) addBlock(blocks, { ...block, start, end });
      code.push(...html.code);
    }
  }
  return { blocks, code };
}

type InlineTokens = NonNullable<ReturnType<typeof markdown.parse>[number]['children']>;

function inlineText(tokens: InlineTokens): string {
  let text = '';
  for (const token of tokens) {
    if (token.type === 'text' || token.type === 'code_inline') text += token.content;
    else if (token.type === 'softbreak' || token.type === 'hardbreak') text += '\n';
    else if (token.type === 'image') text += ` ${inlineText(token.children ?? [])} `;
    else if (token.type === 'html_inline' && /^<br/i.test(token.content)) text += '\n';
  }
  return text;
}

const BLOCK_ELEMENTS = new Set(
  'address article aside blockquote br dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table td th tr ul'.split(
    ' ',
  ),
);
const UNREAD_ELEMENTS = new Set(['script', 'style', 'template', 'noscript', 'svg', 'iframe']);

function readHtml(source: string): Reading {
  const blocks: Block[] = [];
  const code: CodeBlock[] = [];
  let text: string[] = [];
  let start = 0;
  let heading = false;
  let unread = 0;
  let pre: { language: string; text: string[] } | undefined;

  const flush = (end: number, next = end) => {
    addBlock(blocks, { where: heading ? 'heading' : 'body', text: text.join(''), start, end });
    text = [];
    start = next;
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (UNREAD_ELEMENTS.has(name)) unread += 1;
      if (BLOCK_ELEMENTS.has(name)) flush(parser.startIndex);
      if (/^h[1-6]$/.test(name)) heading = true;
      if (name === 'pre') pre = { language: '', text: [] };
      const language = /\blang(?:uage)?-([\w+#-]+)/.exec(attributes.class ?? '')?.[1];
      if (pre && language) pre.language = language.toLowerCase();
      if (name === 'img' && attributes.alt) text.push(` ${attributes.alt} `);
    },
    ontext(data) {
      if (unread > 0) return;
      if (pre) pre.text.push(data);
      else text.push(data);
    },
    onclosetag(name) {
      if (UNREAD_ELEMENTS.has(name)) unread -= 1;
      if (name === 'pre' && pre) {
        code.push({ language: pre.language, text: pre.text.join('') });
        pre = undefined;
      }
      if (BLOCK_ELEMENTS.has(name)) flush(parser.endIndex + 1);
      if (/^h[1-6]$/.test(name)) heading = false;
    },
  });
  parser.write(source);
  parser.end();
  flush(source.length);
  return { blocks, code };
}

function readPlainText(source: string): Reading {
  const blocks: Block[] = [];
  for (const { 0: text, index } of source.matchAll(/[^\n]+(?:\n(?!\s*\n)[^\n]+)*/g)) {
    addBlock(blocks, { where: 'body', text, start: index, end: index + text.length });
  }
  return { blocks, code: [] };
}

/** Lines that are markup of a blog's own dialect: `:::message`, `@[card](…)`, and formulas. */
const DIALECT = /^\s*:{3,}.*$|^\s*@\[[^\]]*\].*$|\$\$[^$]*\$\$|\$[^$\n]{1,200}\$/gm;
const URLS = /\bhttps?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g;

function addBlock(blocks: Block[], block: Block): void {
  const text = collapse(block.text.replace(DIALECT, ' ').replace(URLS, ' '));
  if (text !== '') blocks.push({ ...block, text });
}

function collapse(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** Marks the first prose as the lead: up to LEAD_CHARACTERS, ending at the first heading after some prose. */
function withLead(blocks: Block[]): Block[] {
  let characters = 0;
  let over = false;
  return blocks.map((block) => {
    if (block.where === 'heading') over ||= characters > 0;
    else if (characters >= LEAD_CHARACTERS) over = true;
    if (over || block.where !== 'body') return block;
    characters += block.text.length;
    return { ...block, where: 'lead' };
  });
}

function startsOfLines(source: string): number[] {
  const starts = [0];
  for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArticleText } from '../../functions/shared/article-text.ts';

const read = (body: string, format: 'markdown' | 'html' | 'text' = 'markdown') =>
  readArticleText({ title: '題', body, format });
const texts = (body: string, format?: 'markdown' | 'html' | 'text') =>
  read(body, format)
    .blocks.slice(1)
    .map(({ where, text }) => [where, text]);

describe('reading Markdown', () => {
  it.each([
    [
      'headings and paragraphs',
      '導入\n\n## 見出し\n\n本文',
      [
        ['lead', '導入'],
        ['heading', '見出し'],
        ['body', '本文'],
      ],
    ],
    [
      'link texts without their URLs',
      '[公式](https://a.example/x) https://b.example/y です',
      [['lead', '公式 です']],
    ],
    ['inline code as prose', '`useState`を使う', [['lead', 'useStateを使う']]],
    ['words over one source line', 'Step\nFunctions', [['lead', 'Step Functions']]],
    [
      'list items and table cells apart',
      '- 甲\n- 乙\n\n|丙|丁|\n|-|-|\n|戊|己|',
      [
        ['lead', '甲'],
        ['lead', '乙'],
        ['lead', '丙'],
        ['lead', '丁'],
        ['lead', '戊'],
        ['lead', '己'],
      ],
    ],
    ['full width folded', 'ＡＷＳ　Ｌａｍｂｄａ', [['lead', 'AWS Lambda']]],
    ['a message box without its markup', ':::message\n注意\n:::', [['lead', '注意']]],
    [
      'embedded HTML',
      '<details><summary>概要</summary>\n中身</details>',
      [
        ['lead', '概要'],
        ['lead', '中身'],
      ],
    ],
    ['the alternative text of an image', '![構成図](/a.png)', [['lead', '構成図']]],
    ['formulas left out', '値は$x_i$です', [['lead', '値は です']]],
  ])('gives %s', (_, body, expected) => {
    expect(texts(body)).toEqual(expected);
  });

  it('keeps fenced code apart, with its language', () => {
    const { blocks, code } = read('前\n\n```ts:src/a.ts\nconst a = 1;\n```\n\n後');
    expect(blocks.map(({ text }) => text)).toEqual(['題', '前', '後']);
    expect(code).toEqual([{ language: 'ts', text: 'const a = 1;\n' }]);
  });

  it('tells where in the source each block lies', () => {
    const body = '導入\n\n## 見出し\n\n本文 **強調**\n';
    for (const { text, start, end } of read(body).blocks.slice(1)) {
      expect(body.slice(start, end)).toContain(text.slice(0, 2));
    }
  });

  it('ends the lead at the first heading after it', () => {
    expect(texts('# 題\n\n導入\n\n## 章\n\n本文').map(([where]) => where)).toEqual([
      'heading',
      'lead',
      'heading',
      'body',
    ]);
  });
});

describe('reading HTML', () => {
  it.each([
    [
      'headings and paragraphs',
      '<h2>章</h2><p>本<b>文</b></p>',
      [
        ['heading', '章'],
        ['lead', '本文'],
      ],
    ],
    [
      'nothing of scripts and styles',
      '<script>var a</script><style>p{}</style><p>本文</p>',
      [['lead', '本文']],
    ],
    [
      'what unclosed tags leave',
      '<div><p>甲<p>乙<h2>章',
      [
        ['lead', '甲'],
        ['lead', '乙'],
        ['heading', '章'],
      ],
    ],
    ['entities decoded', '<p>C&#43;&#43; &amp; Rust</p>', [['lead', 'C++ & Rust']]],
  ])('gives %s', (_, body, expected) => {
    expect(texts(body, 'html')).toEqual(expected);
  });

  it('keeps code apart, with its language', () => {
    const { code } = read('<pre><code class="language-Rust">fn main() {}</code></pre>', 'html');
    expect(code).toEqual([{ language: 'rust', text: 'fn main() {}' }]);
  });
});

describe('reading plain text', () => {
  it('takes paragraphs as blocks', () => {
    expect(texts('一行目\n二行目\n\n次の段落', 'text')).toEqual([
      ['lead', '一行目 二行目'],
      ['lead', '次の段落'],
    ]);
  });
});

describe('hostile input', () => {
  it.each([
    ['one character', 'あ'.repeat(100_000)],
    ['open brackets', '['.repeat(100_000)],
    ['asterisks', '*a '.repeat(50_000)],
    ['backticks', '`'.repeat(100_000)],
    ['nested quotes', '>'.repeat(20_000)],
    ['ten thousand headings', '# 見出し\n\n'.repeat(10_000)],
    ['unclosed tags', '<div><b>'.repeat(10_000)],
    ['an unclosed formula', '$'.repeat(50_001)],
  ])('reads %s in either format', (_, body) => {
    for (const format of ['markdown', 'html', 'text'] as const) {
      expect(read(body, format).title).toBe('題');
    }
  });

  it('reads any string into well-formed, non-empty blocks within the source', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(anything, fc.constantFrom('markdown', 'html', 'text'), (body, format) => {
        for (const { text, start, end } of read(body, format).blocks) {
          expect(text.isWellFormed() && text !== '').toBe(true);
          expect(start >= 0 && start <= end && end <= Math.max(body.length, 1)).toBe(true);
        }
      }),
    );
  });
});

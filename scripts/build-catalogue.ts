import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type CatalogueTag, SHIPPED_CATALOGUE } from '../functions/keywords/catalogue.ts';
import { tagKey } from '../functions/keywords/tag-key.ts';
import { readArticleText } from '../functions/shared/article-text.ts';
import { readArticles } from './articles.ts';
import { ALIASES } from './catalogue-aliases.ts';
import { dataFolder, runCommand } from './command.ts';

const MIN_SPELLINGS = 3;
const MIN_SHARE = 0.3;

const command = new Command('build-catalogue')
  .description('Make the catalogue that ships with the project from counts of tags and terms.')
  .requiredOption(
    '--data <dir>',
    'folder with tags.ja.tsv, terms.ja.tsv and articles.dev.jsonl.gz',
    dataFolder,
  )
  .option('--output <dir>', 'where the catalogue goes', SHIPPED_CATALOGUE)
  .option('--catalogue-version <version>', 'version that TagsSuggested will carry', 'ja-1')
  .action(build);

async function build({ data, output, catalogueVersion }: Record<string, string>): Promise<void> {
  const spellings = await countSpellings(join(data!, 'articles.dev.jsonl.gz'));
  const tags = rows(join(data!, 'tags.ja.tsv')).map(([label, key, ...counts]): CatalogueTag => {
    const [authors, articles, mentions, taggedWhenMentioned] = counts.map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return {
      key: key!,
      label: spellings.get(key!) ?? label!,
      aliases: ALIASES.get(key!) ?? [],
      prior: { authors, articles, mentions, taggedWhenMentioned },
    };
  });
  const terms = rows(join(data!, 'terms.ja.tsv'));
  const header = readFileSync(join(data!, 'terms.ja.tsv'), 'utf8').split('\n', 1)[0]!;
  const documents = Number(/documents_of_(\d+)/.exec(header)![1]);

  write(join(output!, 'tags.tsv'), [
    ['key', 'label', 'aliases', 'authors', 'articles', 'mentions', 'tagged_when_mentioned'],
    ...tags.map(({ key, label, aliases, prior: p }) => [
      key,
      label,
      aliases.join('|'),
      p.authors,
      p.articles,
      p.mentions,
      p.taggedWhenMentioned,
    ]),
  ]);
  write(join(output!, 'terms.tsv'), [['key', 'documents'], ...terms]);
  writeFileSync(
    join(output!, 'catalogue.json'),
    `${JSON.stringify({ version: catalogueVersion, documents }, null, 2)}\n`,
  );
  console.log(`${tags.length} tags and ${terms.length} terms of ${documents} articles in ${output}`);
}

/** How prose spells each key: the commonest spelling with a capital, where it is common enough to trust. */
async function countSpellings(file: string): Promise<Map<string, string>> {
  const counts = new Map<string, Map<string, number>>();
  for await (const { title, body } of readArticles(file)) {
    for (const { text } of readArticleText({ title, body, format: 'markdown' }).blocks) {
      for (const [word] of text.matchAll(/[A-Za-z][A-Za-z0-9+#]*(?:[ .-][A-Z][A-Za-z0-9+#]*|\.js)*/g)) {
        const ofKey = counts.get(tagKey(word)) ?? new Map<string, number>();
        counts.set(tagKey(word), ofKey.set(word, (ofKey.get(word) ?? 0) + 1));
      }
    }
  }
  return new Map(
    [...counts].flatMap(([key, ofKey]) => {
      const total = [...ofKey.values()].reduce((sum, count) => sum + count, 0);
      const capitalised = [...ofKey].filter(([spelling]) => spelling !== spelling.toLowerCase());
      const [best] = capitalised.sort((a, b) => b[1] - a[1]);
      return best && best[1] >= Math.max(MIN_SPELLINGS, MIN_SHARE * total) ? [[key, best[0]] as const] : [];
    }),
  );
}

function rows(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => line.split('\t'));
}

function write(file: string, table: (string | number)[][]): void {
  writeFileSync(file, `${table.map((row) => row.join('\t')).join('\n')}\n`);
}

await runCommand(command);

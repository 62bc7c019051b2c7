import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOG_QUERIES } from '../../infra/log-queries.ts';
import { synthesize } from './deployments.ts';
import { chapter, PROJECT, runbook, sections } from './runbook.ts';

function read(folder: string, extension: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => readFileSync(join(PROJECT, folder, file), 'utf8'));
}

/** Names that the code gives to errors: of each class, or of the union of names that a class takes. */
function errorsOfTheCode(): string[] {
  return read('functions', '.ts').flatMap((source) => [
    ...[...source.matchAll(/super\(\s*'(\w+)'/g)].map(([, name]) => name!),
    ...[...source.matchAll(/type \w+ErrorName =([^;]+);/g)].flatMap(([, union]) =>
      [...union!.matchAll(/'(\w+)'/g)].map(([, name]) => name!),
    ),
  ]);
}

/** Names that commands of operators give to what a function answers. */
function errorsOfCommands(): string[] {
  return read('scripts/operate', '.ts').flatMap((source) =>
    [...source.matchAll(/\{ name: '(\w+)' \}/g)].map(([, name]) => name!),
  );
}

/** Names that a definition retries, catches or fails with. */
function errorsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'ErrorEquals') return inner as string[];
    return key === 'Error' && typeof inner === 'string' ? [inner] : errorsIn(inner);
  });
}

const NAMES = [
  ...new Set([
    ...errorsOfTheCode(),
    ...errorsOfCommands(),
    ...read('statemachines', '.json').flatMap((text) => errorsIn(JSON.parse(text))),
  ]),
].toSorted();

describe('the runbook', () => {
  it('is held against every error class of the code', () => {
    const classes = read('functions', '.ts').flatMap((source) => [...source.matchAll(/extends NamedError/g)]);
    const [union] = read('functions', '.ts').flatMap(
      (source) => source.match(/type KeywordsErrorName =[^;]+/g) ?? [],
    );
    const withNamesOfItsOwn = union!.match(/'\w+'/g)!.length;
    expect(errorsOfTheCode()).toHaveLength(classes.length - 1 + withNamesOfItsOwn);
    expect(NAMES).toEqual(expect.arrayContaining(['InvalidArticle', 'KeywordsTimeout', 'Sandbox.Timedout']));
  });

  it.each(NAMES)('says of %s what it means, where to look and what to do', (name) => {
    const section = sections.get(name);
    expect(section, `infra/RUNBOOK.md has no section ### ${name}`).toBeDefined();
    for (const part of ['Means', 'Look', 'Do'])
      expect(section).toMatch(new RegExp(`^- \\*\\*${part}:\\*\\* .{5,}`, 'm'));
  });

  it('tells of each error that the history function raises what it means for what authors keep', () => {
    const raised = read('functions/history', '.ts').flatMap(
      (source) => source.match(/(?<=new )\w*Error\b/g) ?? [],
    );
    expect(new Set(raised)).toEqual(new Set(['KeywordsError']));
    const text = chapter("An author's tags are not learnt");
    for (const name of [...NAMES.filter((each) => /^Keywords/.test(each)), 'InvalidEnvironment']) {
      expect(text).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\| .{20,} \\|$`, 'm'));
    }
    expect(errorsOfCommands()).toEqual(['TagsRefused']);
  });

  it('says for each alarm where to go on', () => {
    const alarms = Object.keys(synthesize('default').template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(5);
    for (const alarm of alarms) {
      const [, name] = /Monitoring(\w+)[0-9A-F]{8}$/.exec(alarm)!;
      expect(runbook).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
    }
  });

  it('names only commands and files that there are, and links only to its own headings', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    for (const [, name] of runbook.matchAll(/npm run ([\w:-]+)/g)) {
      expect(scripts).toHaveProperty([name!]);
    }
    for (const [, file] of runbook.matchAll(/`((?:infra|test|model|scripts)\/[\w./-]+)`/g)) {
      expect(existsSync(join(PROJECT, file!)), file).toBe(true);
    }
    const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of runbook.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  it('finds its queries saved over the logs of all functions', () => {
    const { template } = synthesize('default');
    const saved = Object.values(template.findResources('AWS::Logs::QueryDefinition'));
    expect(saved.map(({ Properties }) => Properties.Name.split('/').at(-1))).toEqual(
      Object.keys(LOG_QUERIES),
    );
    for (const { Properties } of saved) expect(Properties.LogGroupNames).toHaveLength(5);
  });

  it('quotes the queries as they are saved in the account', () => {
    for (const [name, query] of Object.entries(LOG_QUERIES)) {
      expect(runbook).toContain(`**${name}**: `);
      expect(runbook).toContain(`\`\`\`\n${query}\n\`\`\``);
    }
  });
});

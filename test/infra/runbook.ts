import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '../..');
export const runbook = readFileSync(join(PROJECT, 'infra/RUNBOOK.md'), 'utf8');

/** The sections of errors by the names in their headings. */
export const sections = new Map(
  [...runbook.matchAll(/^### (.+)\n([\s\S]*?)(?=^#)/gm)].flatMap(([, names, text]) =>
    names!.split(', ').map((name) => [name, text!] as const),
  ),
);

/** The text below a heading of the second level, up to the next one. */
export function chapter(heading: string): string {
  const [, text = ''] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'm').exec(runbook) ?? [];
  return text;
}

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

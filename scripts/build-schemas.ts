import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand } from './command.ts';
import { SCHEMA_FOLDER, schemaFiles } from './schemas.ts';

const command = new Command('npm run schemas')
  .description(
    'Write the JSON Schemas and sample events of the contracts; a test holds that they are up to date.',
  )
  .action(() => {
    mkdirSync(SCHEMA_FOLDER, { recursive: true });
    for (const [name, content] of schemaFiles()) writeFileSync(join(SCHEMA_FOLDER, name), content);
  });

await runCommand(command);

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { runCommand } from './command.ts';
import { schemaFiles } from './schemas.ts';

const PROJECT = join(import.meta.dirname, '..');
const CONTRACTS = join(PROJECT, 'functions/contracts');
const PACKAGE = join(PROJECT, '.cache/subscriber');
const ENTRY = 'contracts/subscriber';

const command = new Command('npm run pack:subscriber --')
  .description(
    'Pack what a subscriber imports: parseTagsSuggested with its types, JSON Schemas and samples of all events. The tarball runs on Node.js 20 and later; install it, or publish it to a registry of yours.',
  )
  .option('--out <folder>', 'where the tarball goes', '.')
  .addHelpText('after', '\nExit code: 0 packed (the path is printed), 1 not packed, 2 wrong input.')
  .action(({ out }: { out: string }) => {
    rmSync(PACKAGE, { recursive: true, force: true });
    compile();
    writeSchemas();
    for (const file of ['README.md', '../../LICENSE']) {
      copyFileSync(join(CONTRACTS, file), join(PACKAGE, file.split('/').at(-1)!));
    }
    writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
    console.log(pack(resolve(out)));
  });

/** The contracts as they are, in JavaScript with declarations: nothing is restated, nothing is bundled. */
function compile(): void {
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const options =
    '--ignoreConfig --noEmit false --declaration --rewriteRelativeImportExtensions --strict --skipLibCheck --types node --target es2022 --lib es2023 --module nodenext';
  const places = ['--rootDir', join(PROJECT, 'functions'), '--outDir', join(PACKAGE, 'lib')];
  const entry = join(PROJECT, 'functions', `${ENTRY}.ts`);
  execFileSync(process.execPath, [compiler, ...options.split(' '), ...places, entry], {
    cwd: PROJECT,
    stdio: ['ignore', 2, 2],
  });
}

function writeSchemas(): void {
  const folder = join(PACKAGE, 'schemas');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of schemaFiles()) {
    writeFileSync(join(folder, name.replace('.generated', '')), content);
  }
}

function manifest() {
  const { version, license, engines, dependencies } = JSON.parse(
    readFileSync(join(PROJECT, 'package.json'), 'utf8'),
  );
  return {
    name: 'tag-suggestions-subscriber',
    version,
    description: 'Reads TagsSuggested events: parser with types, JSON Schemas and samples',
    license,
    type: 'module',
    engines,
    exports: {
      '.': { types: `./lib/${ENTRY}.d.ts`, default: `./lib/${ENTRY}.js` },
      './schemas/*': './schemas/*',
      './package.json': './package.json',
    },
    sideEffects: false,
    dependencies: { zod: dependencies.zod },
  };
}

/** @returns path of the tarball */
function pack(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: PACKAGE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    shell: process.platform === 'win32',
  });
  const packed = JSON.parse(said);
  const { filename } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
  return join(folder, filename);
}

await runCommand(command);

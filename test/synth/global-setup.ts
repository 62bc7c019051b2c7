import { rmSync } from 'node:fs';
import { ASSEMBLY, synth } from './assembly.ts';

/** Synthesises the app once for all files, without an account. */
export default function setup(): void {
  // What earlier runs bundled would stay.
  rmSync(ASSEMBLY, { recursive: true, force: true });
  const { status, output } = synth('--output', ASSEMBLY);
  if (status !== 0) throw new Error(`npm run synth failed:\n${output}`);
}

import { ASSEMBLY, synth } from './assembly.ts';

/** Synthesises the app once for all files, without an account. */
export default function setup(): void {
  const { status, output } = synth('--output', ASSEMBLY);
  if (status !== 0) throw new Error(`npm run synth failed:\n${output}`);
}

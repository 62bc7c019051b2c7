import { Presets, SingleBar } from 'cli-progress';

/** A counter on standard error that shows how far a command is; silent where there is no terminal. */
export function createProgress(done: string, total = 0): { tick(): void; end(): void } {
  const format = total > 0 ? `{bar} {value}/{total} ${done}, {eta_formatted} left` : `{value} ${done}`;
  const bar = new SingleBar(
    { format, noTTYOutput: false, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { tick: () => bar.increment(), end: () => bar.stop() };
}

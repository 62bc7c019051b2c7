import { Presets, SingleBar } from 'cli-progress';

const OPTIONS = { noTTYOutput: false, hideCursor: true, clearOnComplete: true };

/** A counter on standard error that shows how far a command is; silent where there is no terminal. */
export function createProgress(done: string, total = 0): { tick(): void; end(): void } {
  const format = total > 0 ? `{bar} {value}/{total} ${done}, {eta_formatted} left` : `{value} ${done}`;
  const bar = new SingleBar({ ...OPTIONS, format }, Presets.shades_classic);
  bar.start(total, 0);
  return { tick: () => bar.increment(), end: () => bar.stop() };
}

/** The same for files of unknown length: the bar follows the bytes that have been read, the counter what was done. */
export function createReadingProgress(
  done: string,
  bytes: number,
): { read(bytes: number): void; tick(): void; end(): void } {
  const format = `{bar} {percentage} % read, {count} ${done}`;
  const bar = new SingleBar({ ...OPTIONS, format }, Presets.shades_classic);
  let count = 0;
  bar.start(bytes, 0, { count });
  return {
    read: (more) => bar.increment(more, { count }),
    tick: () => {
      count += 1;
      bar.update({ count });
    },
    end: () => bar.stop(),
  };
}

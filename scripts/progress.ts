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

/** The same for work that goes on elsewhere: the bar shows what was found at each look. */
export function createFollowedProgress(done: string): {
  show(value: number, total: number, note: string): void;
  end(): void;
} {
  const format = `{bar} {value}/{total} ${done}{note}, {eta_formatted} left`;
  const bar = new SingleBar({ ...OPTIONS, format, etaBuffer: 100 }, Presets.shades_classic);
  let started = false;
  return {
    show(value, total, note) {
      if (!started) bar.start(total, value, { note });
      started = true;
      bar.setTotal(total);
      bar.update(value, { note });
    },
    end: () => bar.stop(),
  };
}

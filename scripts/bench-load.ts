import { createModel2VecLoader } from '../functions/embedding/model-loader.ts';

/*
 * Run by bench.ts in a process of its own, with --expose-gc: loads the model of the first argument once and prints
 * how long that took and how much resident memory it added, all garbage collected.
 */
const collect = globalThis.gc!;
const loader = createModel2VecLoader({ modelPath: process.argv[2]! });
collect();
const before = process.memoryUsage.rss();
const started = performance.now();
await loader.load();
const milliseconds = performance.now() - started;
await loader.embed('常駐メモリを測る前に一度使う');
collect();
console.log(JSON.stringify({ milliseconds, bytes: process.memoryUsage.rss() - before }));

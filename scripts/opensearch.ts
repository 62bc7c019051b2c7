import { join } from 'node:path';
import { startOpenSearch } from '../test/opensearch/server.ts';

/** Keeps a local OpenSearch running for a person, its data in .cache/, until Ctrl-C. */
const port = Number(process.argv[2] ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`PORT must be a number up to 65535, not ${process.argv[2]}`);
  process.exit(2);
}
try {
  const server = await startOpenSearch({
    port,
    dataDirectory: join(import.meta.dirname, '../.cache/opensearch/data'),
  });
  console.log(`OpenSearch listens on ${server.url}, for this machine only; its data stays in .cache/opensearch/data.

  npm run search:setup -- --opensearch ${server.url}    create or upgrade its indices
  npm start -- --opensearch ${server.url}               tag an article with it

Ctrl-C stops it.`);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    console.log('\nStopping OpenSearch …');
    await server.stop();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

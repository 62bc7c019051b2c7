// What Lambda does around a bundle, in a process of its own: imports index.mjs, calls handler, passes JSON both ways.
const { handler } = await import(process.argv[2]);
const initialized = performance.now();

process.on('message', async (event) => {
  const called = performance.now();
  try {
    const answer = await handler(event, { awsRequestId: 'request', functionName: 'deployed' });
    process.send({ answer: answer ?? null, initialized, took: performance.now() - called });
  } catch (error) {
    process.send({
      error: { name: error.name, message: error.message },
      initialized,
      took: performance.now() - called,
    });
  }
});
process.send('ready');

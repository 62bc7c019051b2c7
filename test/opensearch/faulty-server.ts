import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways in which what answers on OpenSearch's address can be of no use. */
export type Fault = 'drips' | 'answers 429' | 'answers 503' | 'answers garbage' | 'answers a login page';

const json = { 'content-type': 'application/json' };

const FAULTS: Record<Fault, (response: ServerResponse) => void> = {
  drips(response) {
    response.writeHead(200, json);
    response.write('{');
    const drip = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(drip));
  },
  'answers 429': (response) =>
    response
      .writeHead(429, json)
      .end('{"error":{"type":"rejected_execution_exception","reason":"queue is full"},"status":429}'),
  'answers 503': (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503</h1>'),
  'answers garbage': (response) => response.writeHead(200, json).end('{"docs": \u0000 [}'),
  'answers a login page': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Sign in</title>'),
};

/** A server on the loopback with one fault. */
export async function startFaultyServer(fault: Fault): Promise<{ url: string; stop(): void }> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => FAULTS[fault](response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

/** Answers one request in another way than with the object. */
export type Answer = (response: ServerResponse, content: Uint8Array | undefined) => void;

/** An S3 of a few objects on the loopback, spoken to by the real client. */
export class ObjectStore {
  /** content by `bucket/key` */
  readonly objects = new Map<string, Uint8Array>();
  /** what was asked for, in order */
  readonly requests: string[] = [];
  /** odd answers by `bucket/key` */
  readonly answers = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const name = decodeURIComponent(new URL(request.url!, 'http://localhost').pathname.slice(1));
      this.requests.push(name);
      const content = this.objects.get(name);
      const answer = this.answers.get(name) ?? (content ? sendObject : refuse(404, 'NoSuchKey'));
      answer(response, content);
    });
  }

  async start(): Promise<S3Client> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new S3Client({
      endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** S3's way of saying no. */
export function refuse(status: number, code: string): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>said the test</Message></Error>`);
  };
}

/** Promises the whole object, sends half of it and hangs up. */
export const breakOff: Answer = (response, content = new Uint8Array()) => {
  response.writeHead(200, { 'content-length': content.length });
  response.write(content.subarray(0, content.length / 2), () => response.destroy());
};

const sendObject: Answer = (response, content = new Uint8Array()) => {
  response.writeHead(200, { 'content-length': content.length });
  response.end(content);
};

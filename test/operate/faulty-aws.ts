import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a request: refused before it gets there, or carried out without the caller ever knowing. */
export type Fault = 'throttled' | 'answer lost';

// biome-ignore lint/suspicious/noExplicitAny: requests and answers of any operation
type Json = any;

/** Answers a request of the JSON protocol itself, or changes it, or its answer, on the way; `__type` is an error. */
export type Intercept = (request: Json, forward: (request: Json) => Promise<Json>) => Promise<Json>;

/** A function of Lambda: called with the event; what it throws is told as Lambda tells it. */
export type LambdaFunction = (event: Json) => Promise<unknown>;

/** Stands before another stand-in, and does to requests what networks and quotas do. */
export class FaultyAws {
  /** Faults to come, by operation. */
  faults: Record<string, Fault[]> = {};
  intercepts: Record<string, Intercept> = {};
  /** Changes answers of the query protocol, which are XML. */
  rewrites: Record<string, (answer: string) => string> = {};
  /** Functions that can be called, as the stand-in runs none, by a part of their names. */
  functions: Record<string, LambdaFunction> = {};
  /** Called with the operation of each request that was carried out. */
  onCarriedOut: (operation: string) => void = () => {};
  readonly #server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const target = request.headers['x-amz-target'];
    const operation = operationOf(target, body, request.url!);
    const fault = this.faults[operation]?.shift();
    if (fault === 'throttled') {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }));
      return;
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (!['host', 'connection', 'content-length', 'expect'].includes(name))
        headers.set(name, String(value));
    }
    const send = (content: Buffer) =>
      fetch(`${this.#behind}${request.url}`, {
        method: request.method!,
        headers,
        ...(content.length > 0 && { body: new Uint8Array(content) }),
      });
    const intercept = this.intercepts[operation];
    let status = 200;
    let type = 'application/x-amz-json-1.0';
    let length = '0';
    let content: Buffer;
    let functionError: string | undefined;
    if (operation === 'Invoke') {
      const called = Object.entries(this.functions).find(([name]) => request.url!.includes(name));
      [content, functionError] = await call(called![1], body);
    } else if (intercept && target) {
      const forward = async (changed: Json) => (await send(Buffer.from(JSON.stringify(changed)))).json();
      const answer = await intercept(JSON.parse(body.toString()), forward);
      if (answer.__type) status = 400;
      content = Buffer.from(JSON.stringify(answer));
    } else {
      const answer = await send(body);
      status = answer.status;
      type = answer.headers.get('content-type') ?? type;
      length = answer.headers.get('content-length') ?? length;
      content = Buffer.from(await answer.arrayBuffer());
      const rewrite = this.rewrites[operation];
      if (rewrite) content = Buffer.from(rewrite(content.toString()));
    }
    this.onCarriedOut(operation);
    if (fault === 'answer lost') request.socket.destroy();
    else if (request.method === 'HEAD') response.writeHead(status, { 'content-length': length }).end();
    else {
      const answered = {
        'content-type': type,
        ...(functionError && { 'x-amz-function-error': functionError }),
      };
      response.writeHead(status, answered).end(content);
    }
  });
  readonly #behind: string;

  constructor(behind: string) {
    this.#behind = behind;
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  reset(): void {
    this.faults = {};
    this.intercepts = {};
    this.rewrites = {};
    this.functions = {};
    this.onCarriedOut = () => {};
  }
}

/** Answer of a function and, where it threw, that it did. */
async function call(called: LambdaFunction, event: Buffer): Promise<[Buffer, string?]> {
  try {
    return [Buffer.from(JSON.stringify(await called(JSON.parse(event.toString()))))];
  } catch (error) {
    const { name, message } = error as Error;
    return [Buffer.from(JSON.stringify({ errorType: name, errorMessage: message, trace: [] })), 'Unhandled'];
  }
}

/** The JSON protocol names the operation in a header, the older query protocol in the body, REST in the path. */
function operationOf(target: string | string[] | undefined, body: Buffer, path: string): string {
  if (target) return String(target).split('.').at(-1)!;
  if (/\/functions\/.*\/configuration/.test(path)) return 'GetFunctionConfiguration';
  if (/\/functions\/.*\/invocations/.test(path)) return 'Invoke';
  return /(?:^|&)Action=(\w+)/.exec(body.toString())?.[1] ?? '';
}

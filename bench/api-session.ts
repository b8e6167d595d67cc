// A signed-in HTTP client of the web API, as lean as can be: it measures the server, not itself.
import { Agent, request, type IncomingMessage } from 'node:http';
import type { Login, ProductAddress } from '../test/product/product.ts';

export interface ApiAnswer {
  status: number;
  body: Buffer;
}

export interface ApiSession {
  get(path: string): Promise<ApiAnswer>;
  /** A request as the page makes it. @returns the JSON answer @throws Error for any other status than 2xx */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
  /** Follows GET /api/events; each event's name and data go to `onEvent`. Resolves when the stream is open. */
  follow(onEvent: (name: string, data: string) => void): Promise<() => void>;
  close(): void;
}

/** @throws Error when the sign-in is refused */
export async function openSession(product: ProductAddress, login: Login): Promise<ApiSession> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const signedIn = await send({
    agent, url: `${product.url}/api/session`, method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify(login),
  });
  const answer = await read(signedIn);
  if (answer.status >= 300) throw new Error(`signing in as ${login.address}: ${answer.status} ${answer.body.toString('utf8').slice(0, 200)}`);
  const { csrfToken } = JSON.parse(answer.body.toString('utf8')) as { csrfToken: string };
  const cookie = (signedIn.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  return {
    get: async (path) => read(await send({ agent, url: product.url + path, method: 'GET', headers: { cookie } })),
    call: async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
      const headers = { cookie, origin: product.url, 'x-csrf-token': csrfToken, 'content-type': 'application/json' };
      const { status, body: bytes } = await read(await send({ agent, url: product.url + path, method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${bytes.toString('utf8').slice(0, 200)}`);
      return JSON.parse(bytes.toString('utf8')) as T;
    },
    follow: async (onEvent) => {
      const stream = await send({ agent, url: `${product.url}/api/events`, method: 'GET', headers: { cookie, accept: 'text/event-stream' } });
      if (stream.statusCode !== 200) throw new Error(`GET /api/events: ${stream.statusCode}`);
      stream.setEncoding('utf8');
      let pending = '';
      stream.on('data', (text: string) => {
        const blocks = (pending + text).split('\n\n');
        pending = blocks.pop() ?? '';
        for (const block of blocks) onEvent(field(block, 'event') ?? 'message', field(block, 'data') ?? '');
      });
      stream.on('error', () => undefined); // Ours: destroyed below.
      return () => stream.destroy();
    },
    close: () => agent.destroy(),
  };
}

interface Sending {
  agent: Agent;
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

function send({ agent, url, method, headers, body }: Sending): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method, headers }, resolve);
    asked.once('error', reject);
    asked.end(body);
  });
}

function read(response: IncomingMessage): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
  });
}

function field(block: string, name: string): string | undefined {
  return block.split('\n').find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
}

// HTTP to WildDuck's REST API: access token, keep-alive, time-outs, JSON. Knows no route.
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { errorFromReply, errorFromTransport, WildduckError } from './errors.ts';

export interface TransportOptions {
  /** `http://127.0.0.1:port`, without a path. */
  baseUrl: string;
  accessToken: string;
  /** How long one request may take until its answer has arrived whole, in milliseconds (15,000). */
  timeoutMs?: number;
}

export type QueryValue = string | number | boolean | undefined;

export interface RequestOptions {
  query?: Record<string, QueryValue>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with `contentType`. */
  body?: Uint8Array;
  contentType?: string;
  timeoutMs?: number;
}

export interface StreamReply {
  stream: Readable;
  contentType: string | undefined;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export class Transport {
  readonly #baseUrl: string;
  readonly #token: string;
  readonly #timeoutMs: number;

  constructor(options: TransportOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#token = options.accessToken;
    this.#timeoutMs = options.timeoutMs ?? 15_000;
  }

  /**
   * One request; the parsed answer of a success.
   * @throws WildduckError for everything else
   */
  async json<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const signal = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    try {
      const response = await this.#send(method, path, options, signal);
      const body = await parseBody(response);
      if (!response.ok || !isSuccess(body)) throw errorFromReply(response.status, body);
      return body as T;
    } catch (error) {
      throw error instanceof WildduckError ? error : errorFromTransport(error);
    }
  }

  /**
   * One GET whose answer is read as a stream. The time-out covers the head of the answer; a body that
   * stalls for five minutes is cut by the HTTP client. The caller must consume or destroy the stream.
   */
  async stream(path: string, query: Record<string, QueryValue> = {}): Promise<StreamReply> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), this.#timeoutMs);
    try {
      const response = await this.#send('GET', path, { query }, controller.signal);
      if (!response.ok || !response.body) throw errorFromReply(response.status, await parseBody(response));
      return {
        stream: Readable.fromWeb(response.body as ReadableStream),
        contentType: response.headers.get('content-type') ?? undefined,
      };
    } catch (error) {
      throw error instanceof WildduckError ? error : errorFromTransport(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #send(method: Method, path: string, options: RequestOptions, signal: AbortSignal): Promise<Response> {
    const url = new URL(this.#baseUrl + path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { 'x-access-token': this.#token };
    let body: BodyInit | null = null;
    if (options.json !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(options.json);
    } else if (options.body !== undefined) {
      headers['content-type'] = options.contentType ?? 'application/octet-stream';
      body = options.body as Uint8Array<ArrayBuffer>;
    }
    return fetch(url, { method, headers, body, signal, redirect: 'error' });
  }
}

/** A path from parts, each percent-encoded, so that no value can climb out of its place. */
export function path(parts: readonly (string | number)[]): string {
  return '/' + parts.map((part) => encodeURIComponent(String(part))).join('/');
}

async function parseBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (!response.ok) return undefined;
    throw new WildduckError('protocol', 'mail store answered something else than JSON', { status: response.status, cause });
  }
}

/** Some handlers answer 200 with `error` and no `success`. */
function isSuccess(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body as { success?: unknown }).success === true;
}

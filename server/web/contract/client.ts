// The browser's typed client of the API: one function for JSON routes, one for parts of uploads with progress, one for
// live events. Carries no schema code; types come from routes.ts.
import { pathOf, type RouteName } from './paths.ts';
import type { ApiErrorBody, ApiErrorCode, FieldFault } from './errors.ts';
import type { JsonRouteName, RequestOf, ResponseOf } from './routes.ts';
import type { UploadState } from './uploads.ts';
import type { ChangeEvent } from './mailbox.ts';

/** Codes that only the browser can know: the request never got an answer. */
export type ClientErrorCode = ApiErrorCode | 'offline' | 'timeout' | 'aborted' | 'bad_answer';

/** Thrown by every function here. `message` is fit for people; `fields` name what to correct. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: ClientErrorCode;
  readonly status: number;
  readonly requestId: string | null;
  readonly fields: FieldFault[];
  readonly retryAfterSeconds: number | null;

  constructor(code: ClientErrorCode, message: string, status = 0, body?: ApiErrorBody['error']) {
    super(message);
    this.code = code;
    this.status = status;
    this.requestId = body?.request_id ?? null;
    this.fields = body?.fields ?? [];
    this.retryAfterSeconds = body?.retry_after ?? null;
  }

  /** Whether the same request may well succeed later, unchanged. */
  get transient(): boolean {
    return this.code === 'offline' || this.code === 'timeout' || this.status === 429 || this.status >= 500;
  }
}

/** A part over a connection of 100 kbit/s. */
const PART_TIMEOUT_MS = 360_000;

let csrfToken: string | null = null;
let onSignedOut: (() => void) | null = null;

/** Puts an error into the page's language; the server speaks English. */
let reword: ((error: ApiError) => Promise<void>) | null = null;

/** Tells the client the CSRF token (from `me`), what to do when the session has ended, and the words for errors. */
export function configureApi(options: { csrfToken?: string | null; onSignedOut?: () => void; reword?: (error: ApiError) => Promise<void> }): void {
  if (options.csrfToken !== undefined) csrfToken = options.csrfToken;
  if (options.onSignedOut !== undefined) onSignedOut = options.onSignedOut;
  if (options.reword !== undefined) reword = options.reword;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Milliseconds until the request is given up (30,000). */
  timeoutMs?: number;
  idempotencyKey?: string;
  /** Lets the request outlive the page (last draft save); bodies up to 64 KB. */
  keepalive?: boolean;
}

/**
 * Calls a JSON route: `await api('folders.conversations', { params: { folderId }, query: { limit: 50 } })`.
 * @throws ApiError
 */
export async function api<N extends JsonRouteName>(name: N, request: RequestOf<N>, options: CallOptions = {}): Promise<ResponseOf<N>> {
  return inWords(call(name, request, options));
}

async function inWords<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    // Without the file of words the English ones stay.
    if (error instanceof ApiError) await reword?.(error).catch(() => undefined);
    throw error;
  }
}

async function call<N extends JsonRouteName>(name: N, request: RequestOf<N>, options: CallOptions): Promise<ResponseOf<N>> {
  const parts = request as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
  const { method, path } = pathOf(name, parts.params);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (parts.body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken) headers['x-csrf-token'] = csrfToken;
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(path + queryText(parts.query), {
      method,
      headers,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(options.keepalive ? { keepalive: true } : {}),
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
    });
  } catch (error) {
    throw networkError(error, options.signal);
  }
  return readAnswer(name, response);
}

/** Answers that the service worker had kept, given because the server could not be reached. */
const keptAnswers = new WeakSet<object>();

function noteKept(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  keptAnswers.add(body);
  const { items } = body as { items?: unknown };
  if (Array.isArray(items)) keptAnswers.add(items);
}

/** Whether data (or a page of it) is an answer from before, which only the service worker still had. */
export function isKept(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { pages } = data as { pages?: unknown };
  return keptAnswers.has(data) || (Array.isArray(pages) && pages.some(isKept));
}

async function readAnswer<N extends JsonRouteName>(name: N, response: Response): Promise<ResponseOf<N>> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) {
    if (response.headers.has('x-eider-kept')) noteKept(body);
    if (name === 'me.get') csrfToken = (body as { csrfToken: string }).csrfToken;
    return body as ResponseOf<N>;
  }
  throw errorFrom(name, response.status, body);
}

function errorFrom(name: RouteName, status: number, body: unknown): ApiError {
  const error = (body as ApiErrorBody | null)?.error;
  if (!error) return new ApiError('bad_answer', 'The server gave an answer that could not be read.', status);
  if (error.code === 'unauthenticated' && name !== 'session.create') onSignedOut?.();
  return new ApiError(error.code, error.message, status, error);
}

function networkError(error: unknown, caller?: AbortSignal): ApiError {
  if (caller?.aborted) return new ApiError('aborted', 'Cancelled.');
  if (error instanceof DOMException && error.name === 'TimeoutError') return new ApiError('timeout', 'The server took too long to answer.');
  return new ApiError('offline', 'The server cannot be reached. Check the connection.');
}

function queryText(query: Record<string, unknown> | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Sends one part of a file.
 * @param options.onProgress called with the bytes that have gone out
 * @throws ApiError; code `aborted` when `signal` fires
 */
export async function sendPart(
  uploadId: string,
  offset: number,
  bytes: ArrayBuffer,
  options: { signal: AbortSignal; onProgress?: (bytes: number) => void },
): Promise<UploadState> {
  return (await sendBytes('uploads.part', bytes, { params: { uploadId }, query: { offset }, timeoutMs: PART_TIMEOUT_MS, ...options })) as UploadState;
}

export interface SendOptions {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  signal?: AbortSignal;
  /** Called with the bytes that have gone out. */
  onProgress?: (bytes: number) => void;
  /** None: as long as it takes. */
  timeoutMs?: number;
}

/**
 * Sends bytes as the body of a route that takes them; its JSON answer. XMLHttpRequest rather than fetch, because only it
 * reports the progress of a request's body.
 * @throws ApiError; code `aborted` when `signal` fires
 */
export function sendBytes(name: RouteName, body: Blob | ArrayBuffer, { params, query, signal, onProgress, timeoutMs = 0 }: SendOptions = {}): Promise<unknown> {
  const sent = new Promise<unknown>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { method, path } = pathOf(name, params);
    request.open(method, path + queryText(query));
    request.setRequestHeader('content-type', 'application/octet-stream');
    if (csrfToken) request.setRequestHeader('x-csrf-token', csrfToken);
    request.responseType = 'json';
    request.timeout = timeoutMs;
    request.upload.onprogress = (event) => onProgress?.(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300 && request.response) resolve(request.response);
      else reject(errorFrom(name, request.status, request.response));
    };
    request.onerror = () => reject(new ApiError('offline', 'The upload was interrupted. Check the connection.'));
    request.ontimeout = () => reject(new ApiError('timeout', 'The server took too long to answer.'));
    request.onabort = () => reject(new ApiError('aborted', 'Cancelled.'));
    const abort = () => request.abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) reject(new ApiError('aborted', 'Cancelled.'));
    else request.send(body);
  });
  return inWords(sent);
}

/**
 * Follows live changes. The browser reconnects by itself; `onRefresh` says that events may have been missed, so
 * that everything shown should be read again.
 * @returns a function that stops
 */
export function followEvents(handlers: {
  onChange: (event: ChangeEvent) => void;
  onRefresh: () => void;
  onState?: (state: 'open' | 'lost') => void;
}): () => void {
  const source = new EventSource(pathOf('events.stream').path);
  source.addEventListener('open', () => handlers.onState?.('open'));
  source.addEventListener('error', () => handlers.onState?.('lost'));
  source.addEventListener('refresh', () => handlers.onRefresh());
  source.addEventListener('change', (event) => handlers.onChange(JSON.parse((event as MessageEvent<string>).data) as ChangeEvent));
  return () => source.close();
}

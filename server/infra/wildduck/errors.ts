// What can go wrong when asking WildDuck, as one closed union, and the only mapper from its replies to it.
// Outcomes that callers expect (wrong password, name taken, no such message) are returned values in client.ts.

/**
 * - `not-found`: user, mailbox, message or address does not exist
 * - `conflict`: a name or address is taken
 * - `invalid`: WildDuck refused the input; `detail` says which field and why
 * - `denied`: wrong credentials, disabled account or scope, or our access token is refused
 * - `over-quota`: the user's storage is full
 * - `rate-limited`: WildDuck's own limits; `retryAfterMs` tells how long when it is known
 * - `timeout`: no answer in time; the request may or may not have been carried out
 * - `unavailable`: connection refused or broken, or WildDuck cannot reach its database
 * - `protocol`: an answer that WildDuck's API does not give
 */
export type WildduckErrorCode =
  | 'not-found' | 'conflict' | 'invalid' | 'denied' | 'over-quota'
  | 'rate-limited' | 'timeout' | 'unavailable' | 'protocol';

export class WildduckError extends Error {
  override name = 'WildduckError';
  readonly code: WildduckErrorCode;
  /** WildDuck's own code (`UserNotFound`), for logs. */
  readonly storeCode: string | undefined;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: WildduckErrorCode, message: string, more: {
    storeCode?: string; status?: number; retryAfterMs?: number; cause?: unknown;
  } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.storeCode = more.storeCode;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
  }
}

const BY_STORE_CODE: Record<string, WildduckErrorCode> = {
  UserNotFound: 'not-found',
  NoSuchMailbox: 'not-found',
  NONEXISTENT: 'not-found',
  MessageNotFound: 'not-found',
  AddressNotFound: 'not-found',
  AttachmentNotFound: 'not-found',
  FileNotFound: 'not-found',
  AspNotFound: 'not-found',
  TRYCREATE: 'not-found',
  UserExistsError: 'conflict',
  AddressExistsError: 'conflict',
  AddressExists: 'conflict',
  MailboxAlreadyExists: 'conflict',
  ALREADYEXISTS: 'conflict',
  InputValidationError: 'invalid',
  EmptyMessage: 'invalid',
  CANNOT: 'invalid',
  NoUpdates: 'invalid',
  InsecurePasswordError: 'invalid',
  AuthFailed: 'denied',
  AuthFail: 'denied',
  InvalidAuthScope: 'denied',
  MissingPrivileges: 'denied',
  InvalidToken: 'denied',
  OVERQUOTA: 'over-quota',
  RateLimitedError: 'rate-limited',
  InternalDatabaseError: 'unavailable',
  LockFail: 'unavailable',
};

interface ErrorBody {
  error?: unknown;
  message?: unknown;
  code?: unknown;
  ttl?: unknown;
}

/** Maps an unsuccessful answer of the REST API. `body` is the parsed JSON, or undefined when there was none. */
export function errorFromReply(status: number, body: unknown): WildduckError {
  const reply = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody;
  const storeCode = typeof reply.code === 'string' ? reply.code : undefined;
  const text = [reply.error, reply.message].find((value) => typeof value === 'string') as string | undefined;
  // Mailbox operations name the cause in the text, beside a code that says less or nothing.
  const named = /failed with code (\w+)/.exec(text ?? '')?.[1];
  const code = BY_STORE_CODE[named ?? ''] ?? BY_STORE_CODE[storeCode ?? ''] ?? codeFromStatus(status, text);
  const ttl = Number(reply.ttl);
  return new WildduckError(code, text ?? `mail store answered ${status}`, {
    ...(storeCode !== undefined && { storeCode }),
    status,
    ...(code === 'rate-limited' && Number.isFinite(ttl) && { retryAfterMs: ttl * 1000 }),
  });
}

function codeFromStatus(status: number, text: string | undefined): WildduckErrorCode {
  if (status === 404) return 'not-found';
  if (status === 401 || status === 403) return 'denied';
  if (status === 429) return 'rate-limited';
  if (status === 400 || status === 413 || status === 422) return 'invalid';
  // Several handlers answer 500 without a code for a mailbox that is gone or a database that is away.
  if (text !== undefined && /mailbox is missing|no such user/i.test(text)) return 'not-found';
  if (status >= 500) return 'unavailable';
  return 'protocol';
}

/** Maps a fault of the connection itself: refused, reset, timed out. */
export function errorFromTransport(cause: unknown): WildduckError {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'TimeoutError') return new WildduckError('timeout', 'mail store did not answer in time', { cause });
  return new WildduckError('unavailable', 'mail store cannot be reached', { cause });
}

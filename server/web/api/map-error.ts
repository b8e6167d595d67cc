// The one mapper from anything thrown to what the client is told and what the log keeps. Logs each fault once.
import type { Logger } from '../../infra/log/logger.ts';
import { WildduckError, type WildduckErrorCode } from '../../infra/wildduck/errors.ts';
import type { ApiErrorCode } from '../contract/errors.ts';
import { AppError } from './app-error.ts';

const FROM_MAIL_STORE = {
  'not-found': 'not_found',
  conflict: 'conflict',
  invalid: 'invalid_request',
  denied: 'mail_store_unavailable',
  'over-quota': 'quota_exceeded',
  'rate-limited': 'rate_limited',
  timeout: 'mail_store_unavailable',
  unavailable: 'mail_store_unavailable',
  protocol: 'mail_store_unavailable',
} as const satisfies Record<WildduckErrorCode, ApiErrorCode>;

/** SQLSTATE classes and Node codes that mean "the database is away", not "the statement is wrong". */
const DATABASE_AWAY = /^(08|53|57P|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)/;

export interface FaultContext {
  requestId: string;
  route: string;
  accountId?: string;
}

/** The error to answer with. Expected refusals are logged at debug level, faults of ours at error level with their cause. */
export function mapError(thrown: unknown, log: Logger, context: FaultContext): AppError {
  const error = toAppError(thrown);
  const line = { ...context, code: error.code, err: describe(error.cause ?? (error === thrown ? undefined : thrown)) };
  if (error.status >= 500) log.error(line, 'request failed');
  else log.debug(line, 'request refused');
  return error;
}

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof WildduckError) {
    const retryAfterSeconds = thrown.retryAfterMs === undefined ? undefined : Math.ceil(thrown.retryAfterMs / 1000);
    return new AppError(FROM_MAIL_STORE[thrown.code], { cause: thrown, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
  }
  const code = (thrown as { code?: unknown } | null)?.code;
  const away = (typeof code === 'string' && DATABASE_AWAY.test(code)) || /Connection terminated|timeout exceeded when trying to connect/.test(String((thrown as Error | null)?.message));
  return new AppError(away ? 'unavailable' : 'internal', { cause: thrown });
}

/** What the log keeps of a cause: type, message, stack. Never enumerable fields, which may hold bodies. */
function describe(cause: unknown): { type: string; message: string; code?: unknown; stack?: string } | undefined {
  if (cause === undefined) return undefined;
  if (!(cause instanceof Error)) return { type: typeof cause, message: 'not an Error' };
  const code = (cause as { code?: unknown }).code;
  return {
    type: cause.name,
    message: cause.message.slice(0, 500),
    ...(code === undefined ? {} : { code }),
    ...(cause.stack === undefined ? {} : { stack: cause.stack }),
  };
}

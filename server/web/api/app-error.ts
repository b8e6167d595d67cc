// Request errors: a closed set of codes (contract/errors.ts), each with its text for people. Bugs are plain
// Errors and become `internal`.
import { API_ERRORS, type ApiErrorBody, type ApiErrorCode, type FieldFault } from '../contract/errors.ts';

const PUBLIC_TEXT = {
  invalid_request: 'The request is not valid.',
  unauthenticated: 'Please sign in.',
  wrong_credentials: 'The address or the password is wrong.',
  second_factor_required: 'This account asks for a second factor that cannot be given here.',
  step_up_required: 'Please confirm that it is you.',
  csrf_failed: 'The request did not come from this app. Reload the page and try again.',
  forbidden: 'This account may not do that.',
  not_found: 'There is no such thing here.',
  method_not_allowed: 'This address does not answer to that method.',
  conflict: 'Something else changed this at the same time.',
  draft_conflict: 'This draft was changed in another window.',
  idempotency_conflict: 'The same idempotency key was used with another message.',
  in_progress: 'The same request is still being worked on.',
  gone: 'This is no longer here.',
  too_large: 'This is too large.',
  unsupported_media_type: 'This content type is not taken here.',
  rejected: 'The message was not accepted.',
  quota_exceeded: 'The mailbox is full.',
  rate_limited: 'Too many tries. Please wait a little.',
  internal: 'Something went wrong on the server. It has been noted.',
  mail_store_unavailable: 'The mail store does not answer at the moment.',
  unavailable: 'The service does not answer at the moment.',
} as const satisfies Record<ApiErrorCode, string>;

export interface AppErrorDetails {
  /** Replaces the code's text; shown to people, so nothing internal. */
  text?: string;
  fields?: FieldFault[];
  retryAfterSeconds?: number;
  /** For the log only. */
  cause?: unknown;
}

/** A request cannot be served, for a reason that its sender may know. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ApiErrorCode;
  readonly text: string;
  readonly fields: FieldFault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ApiErrorCode, details: AppErrorDetails = {}) {
    super(details.text ?? PUBLIC_TEXT[code], { cause: details.cause });
    this.code = code;
    this.text = details.text ?? PUBLIC_TEXT[code];
    this.fields = details.fields ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  get status(): number {
    return API_ERRORS[this.code];
  }
}

/** An input error that names one field and its rule. */
export function fieldError(field: string, rule: string): AppError {
  return new AppError('invalid_request', { text: `${field}: ${rule}`, fields: [{ field, rule }] });
}

/** The JSON body that tells of an error. */
export function errorBody(error: AppError, requestId: string): ApiErrorBody {
  return {
    error: {
      code: error.code,
      message: error.text,
      request_id: requestId,
      ...(error.fields.length > 0 ? { fields: error.fields } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { retry_after: error.retryAfterSeconds }),
    },
  };
}

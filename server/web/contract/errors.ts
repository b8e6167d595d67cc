// The closed list of error codes that the API answers with, and the shape of an error. Free of imports, so
// that the browser can use it; how an error is made and logged is ../errors.ts's.

/** Every code with its HTTP status. The text for people stands in the answer's `message`. */
export const API_ERRORS = {
  invalid_request: 400,
  unauthenticated: 401,
  wrong_credentials: 401,
  second_factor_required: 403,
  step_up_required: 403,
  csrf_failed: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  draft_conflict: 409,
  idempotency_conflict: 409,
  in_progress: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  rejected: 422,
  quota_exceeded: 422,
  rate_limited: 429,
  internal: 500,
  mail_store_unavailable: 503,
  unavailable: 503,
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** One field that broke a rule: `field` is its path in the request (`to.0.address`), `rule` a sentence. */
export interface FieldFault {
  field: string;
  rule: string;
}

/** The body of every answer that is not a success. `request_id` finds the log line. */
export interface ApiErrorBody {
  error: {
    code: ApiErrorCode;
    message: string;
    request_id: string;
    fields?: FieldFault[];
    /** With rate_limited: seconds until a new try makes sense. */
    retry_after?: number;
  };
}

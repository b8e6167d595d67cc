// The error that a command ends with, as MongoDB's drivers expect it, and its reply document.
import { Double, type BsonDocument } from './bson/types.ts';
import { encodeDocument } from './bson/write.ts';
import { CODE_NAMES } from './error-codes.ts';

export interface CommandErrorOptions {
  /** Labels that steer the driver's retries, such as TransientTransactionError. */
  labels?: string[];
  /** Further fields of the reply, such as keyPattern. */
  fields?: BsonDocument;
  cause?: unknown;
}

/** A command's failure with MongoDB's error code. Anything else that is thrown counts as a bug of the gateway. */
export class CommandError extends Error {
  readonly code: number;
  readonly labels: string[];
  readonly fields: BsonDocument;

  constructor(code: number, message: string, options: CommandErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.labels = options.labels ?? [];
    this.fields = options.fields ?? {};
  }
}

/** MongoDB's name of an error code; codes without one are called by their number, as MongoDB does. */
export function codeName(code: number): string {
  return CODE_NAMES[code] ?? `Location${code}`;
}

/** The reply document of a failed command. */
export function errorReply(error: CommandError): Buffer {
  return encodeDocument({
    ok: new Double(0),
    errmsg: error.message,
    code: error.code,
    codeName: codeName(error.code),
    ...error.fields,
    errorLabels: error.labels.length > 0 ? error.labels : undefined,
  });
}

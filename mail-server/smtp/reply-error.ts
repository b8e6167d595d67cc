// An SMTP reply on its way out of a handler. Owns the shape that smtp-server wants; the texts are the callers'.

/** `code` as in RFC 5321 4.2, `text` opening with its enhanced status code (RFC 3463). */
export class ReplyError extends Error {
  override name = 'ReplyError';
  readonly responseCode: number;
  /** The session is closed after the reply. */
  readonly endSession: boolean;

  constructor(code: number, text: string, options?: ErrorOptions & { endSession?: boolean }) {
    super(text, options);
    this.responseCode = code;
    this.endSession = options?.endSession ?? false;
  }
}

export interface Reply {
  code: number;
  /** Opens with the enhanced status code. */
  text: string;
}

/**
 * Runs an async handler for one of smtp-server's callbacks. A ReplyError is the reply; anything else is our
 * fault, is reported once to `onFault`, and the client is told to come back.
 */
export function answer<T>(
  work: Promise<T>,
  callback: (error?: Error | null, value?: T) => void,
  onFault: (error: Error) => void,
): void {
  work.then(
    (value) => callback(null, value),
    (error: Error) => {
      if (error instanceof ReplyError) return callback(error);
      onFault(error);
      callback(new ReplyError(451, '4.3.0 Local error, try again later', { cause: error }));
    },
  );
}

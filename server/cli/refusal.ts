// A command cannot be carried out; the message is for the operator, exit code 1.

export class Refusal extends Error {
  override name = 'Refusal';
}

/** The one line that an operator sees for what went wrong; null: a fault of ours, to be shown whole. */
export function explain(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof Refusal || error.name === 'ConfigError' || error.name === 'SetupError') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === 'WildduckError') return `the mail store didn't do it (${code ?? 'error'}): ${error.message}`;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `a service doesn't answer (${error.message}): is Eider running? See eider status`;
  // PostgreSQL's classes for being unable to serve: connection, shutting down, too many clients.
  if (typeof code === 'string' && /^(08|57P|53)/.test(code)) return `the database doesn't answer: ${error.message}`;
  return null;
}

// Which errors of the database say nothing against the statement: the server is away, or refuses for the moment.
// Whoever may wait tries the same again.

/** SQLSTATE, or the code of a socket error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * The server went away or takes nothing at the moment: classes 08, 57P0x and 53 (no room, no memory, too many
 * connections), socket errors, and an answer that did not come (the pool's own limit). Whether the statement was
 * carried out is unknown.
 */
export function isConnectionFault(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined && /^(?:08|53|57P0)/.test(code)) return true;
  if (code !== undefined && /^(?:ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOST|ENETUNREACH)/.test(code)) return true;
  return /Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error/.test(
    (error as Error).message,
  );
}

/**
 * Also what other work causes: a deadlock or a serialisation failure, a lock not had in time, a statement that took
 * too long. The statement did nothing and may be repeated as it is.
 */
export function isPassingFault(error: unknown): boolean {
  return isConnectionFault(error) || ['40P01', '40001', '55P03', '57014'].includes(sqlState(error) ?? '');
}

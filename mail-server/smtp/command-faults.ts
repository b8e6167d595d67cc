// What is wrong with the bytes of an SMTP command, before anyone reads it as one. Owns the rules; not the reply.

export type CommandFault = 'bare-lf' | 'bare-cr' | 'nul' | 'early-data';

/**
 * Looks at one chunk of command input.
 *
 * RFC 5321 2.3.8 ends lines with CRLF and nothing else. A server that also takes a lone LF for a line end
 * disagrees with its neighbours about where a message ends, and that is what SMTP smuggling lives on; so
 * such bytes end the session instead of being mended. `early-data` is content sent on the heels of DATA
 * without waiting for 354 (RFC 2920 3.1 has DATA last in its group).
 *
 * @param pending the unfinished line from earlier chunks
 * @param chunk the new bytes, as latin1
 */
export function commandFault(pending: string, chunk: string): CommandFault | null {
  const text = pending.endsWith('\r') ? `\r${chunk}` : chunk;
  if (text.includes('\0')) return 'nul';
  if (/(?:^|[^\r])\n/.test(text)) return 'bare-lf';
  if (/\r(?!\n|$)/.test(text)) return 'bare-cr';
  if (/(?:^|\r\n)DATA[ \t]*\r\n[^]/i.test(pending + chunk)) return 'early-data';
  return null;
}

/** The reply to each fault; the session ends after it. */
export const FAULT_REPLIES: Record<CommandFault, { code: number; text: string }> = {
  'bare-lf': { code: 521, text: '5.5.2 Line feed without carriage return: lines end with CRLF (RFC 5321 2.3.8)' },
  'bare-cr': { code: 521, text: '5.5.2 Carriage return without line feed: lines end with CRLF (RFC 5321 2.3.8)' },
  nul: { code: 521, text: '5.5.2 NUL byte in a command' },
  'early-data': { code: 521, text: '5.5.0 Content sent before 354: wait for the reply to DATA (RFC 2920 3.1)' },
};

// WildDuck's log lines as JSON records. Owns their shape and what is struck out of them; not where they go.

export interface LogRecord {
  level: 'debug' | 'info' | 'warn' | 'error';
  part?: string;
  text: string;
}

const LEVELS: Record<string, LogRecord['level']> = {
  silly: 'debug', sill: 'debug', verbose: 'debug', verb: 'debug', info: 'info', timing: 'info', http: 'info',
  notice: 'info', warn: 'warn', 'err!': 'error', error: 'error',
};

const ESCAPES = /\u001b\[[0-9;]*[A-Za-z]/g;
const ADDRESS = /[^\s<>"'(),:;=[\]{}\\]+@([a-z0-9.-]+\.[a-z0-9-]+)/gi;
const MAX_TEXT = 2_000;

/** Strikes the local parts of mail addresses: the domain is what a trace needs, the person is not. */
export function strikeAddresses(text: string): string {
  return text.replace(ADDRESS, '*@$1');
}

/**
 * Parses one line of npmlog (`level part text`). Lines of another shape (a stack trace, a warning of Node)
 * pass as `fallback` level. Returns null for lines that carry nothing, and for the structured copies of
 * events (`Gelf`), which hold subjects and addresses that our own logs leave out.
 */
export function parseLogLine(line: string, fallback: LogRecord['level'] = 'info'): LogRecord | null {
  const plain = line.replace(ESCAPES, '').trimEnd();
  if (plain.trim() === '') return null;
  const match = /^(?:wildduck\s+)?(\S+)\s+(\S+)\s(.*)$/.exec(plain);
  const level = match && LEVELS[match[1]!.toLowerCase()];
  if (!match || !level) return { level: fallback, text: strikeAddresses(plain).slice(0, MAX_TEXT) };
  const [, , part, text] = match as unknown as [string, string, string, string];
  if (part === 'Gelf') return null;
  return { level, part, text: strikeAddresses(text).slice(0, MAX_TEXT) };
}

// JSON lines on standard output. Owns levels and redaction; the supervisor owns where the lines go.
import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * Fields that never reach a log line, at any of the first two levels. Message bodies are never passed
 * to a logger in the first place; this net is for secrets that ride along in options and headers.
 */
const SECRET_FIELDS = [
  'password', 'pass', 'secret', 'token', 'accessToken', 'authorization', 'cookie', 'privateKey', 'apiKey', 'csrf',
];

/**
 * A logger for one process role or one part of it.
 * @param role the role's name as the supervisor knows it, e.g. `delivery`
 */
export function logger(role: string): Logger {
  return pino({
    name: role,
    level: process.env['EIDER_LOG_LEVEL'] ?? 'info',
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  });
}

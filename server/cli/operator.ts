// Who uses the command line: the name that the audit log and events bear.
import { userInfo } from 'node:os';

/** `cli:` and the operating system's user; behind sudo, the one who called it. */
export function operatorName(env: NodeJS.ProcessEnv = process.env): string {
  return `cli:${env['SUDO_USER'] ?? userInfo().username}`;
}

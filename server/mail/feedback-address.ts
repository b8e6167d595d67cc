// The addresses that reports come in at: how a signed return path is spelled, and which local parts are ours.
// Whether a domain is ours, and whether a token is true, others know.
import { TOKEN_LETTERS } from './feedback-token.ts';

/** What comes in there. */
export type IntakeRole = 'bounce' | 'complaint' | 'dmarc' | 'tls';

export interface IntakeAddress {
  role: IntakeRole;
  /** Of a return path only; not checked yet. */
  token: string | null;
}

/** The header field that complaints bring back; its value is a token. Signed with the message's other fields. */
export const TOKEN_FIELD = 'Eider-Token';

const BOUNCE_PREFIX = 'bounce+';

/** Local parts that take reports, in lower case (docs/delivery.md lists them). */
const LOCAL_PARTS: Record<string, IntakeRole> = { fbl: 'complaint', dmarc: 'dmarc', 'dmarc-reports': 'dmarc', 'tls-reports': 'tls' };

/** The return path of a token. @param domain A-labels */
export function bounceAddress(token: string, domain: string): string {
  return `${BOUNCE_PREFIX}${token}@${domain}`;
}

/** What an address's local part takes in, in any case; null when it is an ordinary address. */
export function readIntakeAddress(address: string): IntakeAddress | null {
  const at = address.lastIndexOf('@');
  const localPart = (at < 0 ? address : address.slice(0, at)).toLowerCase();
  if (localPart.startsWith(BOUNCE_PREFIX)) {
    const token = localPart.slice(BOUNCE_PREFIX.length);
    return token.length === TOKEN_LETTERS ? { role: 'bounce', token } : null;
  }
  const role = Object.hasOwn(LOCAL_PARTS, localPart) ? LOCAL_PARTS[localPart]! : null;
  return role === null ? null : { role, token: null };
}

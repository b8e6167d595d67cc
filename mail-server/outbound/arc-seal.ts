// ARC sets of forwarded mail (RFC 8617): what our MX found, sealed with the forwarding domain's key, so that the next
// server can believe it although SPF and perhaps DKIM break on the way. The cryptography is mailauth's.
import { sealMessage } from 'mailauth/lib/arc/index.js';
import type { SigningKey } from '../../server/domains/signing-keys.ts';
import { parseHeaderFields } from '../../server/mail/header.ts';
import { authservId } from '../inbound/trace-header.ts';

/** RFC 8617 4.2.1: more sets than this make a chain invalid. */
const MAX_SETS = 50;

/**
 * The three fields to put before a message; empty when it did not come through our MX, its chain cannot be continued
 * (RFC 8617 5.1.1: a failed one is not sealed again) or no key is there.
 * @param serverName our authserv-id
 */
export async function arcSeal(content: Buffer, serverName: string, keys: readonly SigningKey[]): Promise<Buffer> {
  const key = keys.find(({ algorithm }) => algorithm === 'rsa-sha256');
  const fields = parseHeaderFields(content);
  const ours = fields.find(({ name, value }) => name.toLowerCase() === 'authentication-results' && authservId(value) === serverName.toLowerCase());
  if (!key || !ours) return Buffer.alloc(0);
  const seals = fields.filter(({ name }) => name.toLowerCase() === 'arc-seal');
  if (seals.length >= MAX_SETS || seals.some(({ value }) => /\bcv\s*=\s*fail\b/i.test(value))) return Buffer.alloc(0);
  const found = /\barc\s*=\s*(\w+)/i.exec(ours.value)?.[1]?.toLowerCase();
  const cv = seals.length === 0 ? 'none' : found === 'pass' ? 'pass' : 'fail';
  const seal = {
    signingDomain: key.domain,
    selector: key.selector,
    privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    algorithm: 'rsa-sha256',
    // Folding is white space to every reader; one line keeps the seal's own folding the only one.
    authResults: ours.value.replace(/\r?\n[ \t]*/g, ' ').trim(),
    cv,
  };
  const sealed = await sealMessage(content, seal);
  return Buffer.from(sealed.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

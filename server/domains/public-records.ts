// The DNS records that a hosted domain needs. The console shows them; inbound lays them over DNS for
// hosted domains, so that our own mail can be checked before anything is published.
import type { Queryable } from '../infra/db/pool.ts';
import { dkimRecord } from './dkim-key.ts';
import { selectDkimKeys, selectDomain } from './domain.store.ts';

export interface PublicRecord {
  /** Absolute, without the dot at the end. */
  name: string;
  type: 'TXT' | 'MX';
  /** TXT: the whole text. MX: `preference host`. */
  value: string;
  purpose: 'dkim' | 'spf' | 'dmarc' | 'mx';
}

/**
 * The records of a hosted domain; empty when it is not hosted here.
 * @param domain A-labels, lower case
 * @param mailHost the host name of this installation (EIDER_HOSTNAME): receives and sends
 */
export async function publicRecordsFor(pool: Queryable, domain: string, mailHost: string): Promise<PublicRecord[]> {
  if ((await selectDomain(pool, domain)) === null) return [];
  const keys = await selectDkimKeys(pool, domain);
  return [
    { name: domain, type: 'MX', value: `10 ${mailHost}`, purpose: 'mx' },
    // The host's own addresses send; anything else is not ours. `~all` until DMARC has shown that nothing is missing.
    { name: domain, type: 'TXT', value: `v=spf1 a:${mailHost} mx ~all`, purpose: 'spf' },
    { name: `_dmarc.${domain}`, type: 'TXT', value: `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`, purpose: 'dmarc' },
    ...keys.map((key): PublicRecord => ({
      name: `${key.selector}._domainkey.${domain}`,
      type: 'TXT',
      value: dkimRecord(key.algorithm, key.publicKey),
      purpose: 'dkim',
    })),
  ];
}

/**
 * A TXT value cut into the character-strings of RFC 1035 3.3.14, at most 255 octets each.
 */
export function txtStrings(value: string): string[] {
  return value.match(/.{1,255}/gs) ?? [''];
}

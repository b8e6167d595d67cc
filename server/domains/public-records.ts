// The DNS records that a hosted domain needs. The command line shows and verifies them; inbound lays them over DNS
// for hosted domains, so that our own mail can be checked before anything is published.
import type { Queryable } from '../infra/db/pool.ts';
import { dkimRecord } from './dkim-key.ts';
import { selectDkimKeys, selectDomain } from './domain.store.ts';

export interface PublicRecord {
  /** Absolute, without the dot at the end. */
  name: string;
  type: 'TXT' | 'MX';
  /** TXT: the whole text. MX: `preference host`. */
  value: string;
  purpose: 'dkim' | 'spf' | 'dmarc' | 'mx' | 'tlsrpt';
}

/**
 * The records of a hosted domain; empty when it is not hosted here.
 * @param domain A-labels, lower case
 * @param mailHost the host name of this installation (EIDER_HOSTNAME): receives and sends
 * @param sendingAddresses public addresses that mail leaves from beside the host's own
 */
export async function publicRecordsFor(
  pool: Queryable,
  domain: string,
  mailHost: string,
  sendingAddresses: readonly string[] = [],
): Promise<PublicRecord[]> {
  if ((await selectDomain(pool, domain)) === null) return [];
  const keys = await selectDkimKeys(pool, domain);
  return [
    { name: domain, type: 'MX', value: `10 ${mailHost}`, purpose: 'mx' },
    // The host's own addresses send; anything else is not ours. `~all` until DMARC has shown that nothing is missing.
    { name: domain, type: 'TXT', value: spfRecord(mailHost, sendingAddresses), purpose: 'spf' },
    { name: `_dmarc.${domain}`, type: 'TXT', value: `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`, purpose: 'dmarc' },
    { name: `_smtp._tls.${domain}`, type: 'TXT', value: `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`, purpose: 'tlsrpt' },
    ...keys.map((key): PublicRecord => ({
      name: `${key.selector}._domainkey.${domain}`,
      type: 'TXT',
      value: dkimRecord(key.algorithm, key.publicKey),
      purpose: 'dkim',
    })),
  ];
}

/** RFC 7208: two look-ups (a, mx) of the ten that are allowed, whatever the number of addresses. */
function spfRecord(mailHost: string, addresses: readonly string[]): string {
  const own = addresses.map((address) => `${address.includes(':') ? 'ip6' : 'ip4'}:${address}`);
  return ['v=spf1', `a:${mailHost}`, 'mx', ...own, '~all'].join(' ');
}

/** The record as a line of a zone file (RFC 1035 5.1). */
export function zoneLine({ name, type, value }: { name: string; type: 'TXT' | 'MX' | 'SRV' | 'CNAME'; value: string }): string {
  if (type !== 'TXT') return `${name}. IN ${type} ${value}.`;
  return `${name}. IN TXT ${txtStrings(value).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(' ')}`;
}

/**
 * A TXT value cut into the character-strings of RFC 1035 3.3.14, at most 255 octets each.
 */
export function txtStrings(value: string): string[] {
  return value.match(/.{1,255}/gs) ?? [''];
}

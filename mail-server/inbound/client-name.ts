// The name of a connecting host, as DNS confirms it both ways. Owns the two look-ups and their limits.
import { Resolver } from 'node:dns/promises';
import { isIPv6 } from 'node:net';

export type ReverseLookup = (address: string, callback: (error: Error | null, names?: string[]) => void) => void;

const TIMEOUT_MS = 1_000;

/**
 * The PTR name of an address if that name leads back to the address (RFC 8601 2.7.3, "iprev"), otherwise none:
 * whoever has an address may give it any name, and Received and the spam filter would pass it on as true.
 * @param servers `ip` or `ip:port`; empty: the system's
 */
export function createReverseLookup(servers: string[]): ReverseLookup {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const confirmed = async (address: string): Promise<string[]> => {
    const [name] = await resolver.reverse(address);
    if (!name) return [];
    const addresses = isIPv6(address) ? await resolver.resolve6(name) : await resolver.resolve4(name);
    return addresses.some((found) => sameAddress(found, address)) ? [name] : [];
  };
  return (address, callback) => {
    // Our own delivery comes from here, and no DNS server is asked for it.
    if (address === '::1' || address.startsWith('127.')) return callback(null, ['localhost']);
    confirmed(address).then((names) => callback(null, names), (error: Error) => callback(error));
  };
}

function sameAddress(one: string, other: string): boolean {
  const normal = (address: string) => (isIPv6(address) ? new URL(`http://[${address}]`).hostname : address);
  return normal(one) === normal(other);
}

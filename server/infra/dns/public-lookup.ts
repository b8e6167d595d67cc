// Name resolution for connections to hosts that a stranger named: yields public addresses only. The socket itself uses
// it, so that a second answer of the DNS cannot differ from the checked one.
import { isIP, type LookupFunction } from 'node:net';

/** The host has addresses, and none that may be connected to. */
export class NoPublicAddress extends Error {
  override name = 'NoPublicAddress';
}

/**
 * @param addressesOf the addresses of a host; throws where there are none or they could not be found
 * @param allowed which of them may be connected to
 */
export function publicLookup(addressesOf: (host: string) => Promise<readonly string[]>, allowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    addressesOf(hostname).then(
      (addresses) => {
        const entries = addresses.filter(allowed).map((address) => ({ address, family: isIP(address) }));
        const [first] = entries;
        if (!first) return callback(new NoPublicAddress(`${hostname} has only private addresses`), '', 0);
        if (options.all) (callback as unknown as (error: null, found: typeof entries) => void)(null, entries);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

// An egress: the address that a connection goes out from, and the name it greets with. Connections, limits and
// warm-up are kept by egress. Which one a message takes is choose-egress.ts.
import { isIP } from 'node:net';

export interface EgressAddress {
  /** Stable; keys connections, limits and counters. */
  id: string;
  /** The local address that connections are bound to; null: whichever the system takes. */
  sourceAddress: string | null;
  /** The name in EHLO; its address record should be the source address (RFC 5321 4.1.1.1). */
  ehloName: string;
  /** The pool it was chosen from. */
  poolId: string;
}

/** Of an installation that has configured none, and of what never leaves the machine. */
export const DEFAULT_EGRESS_ID = 'default';

/** The system's own choice of address, greeting with the installation's name. */
export function defaultEgress(hostname: string): EgressAddress {
  return { id: DEFAULT_EGRESS_ID, sourceAddress: null, ehloName: hostname, poolId: DEFAULT_EGRESS_ID };
}

/**
 * Whether a connection from the egress can reach an address: the families must be the same.
 * @param address of the target; a host name is left to the system's resolution, which is told the family
 */
export function canReach(egress: EgressAddress, address: string): boolean {
  if (egress.sourceAddress === null || isIP(address) === 0) return true;
  return isIP(address) === isIP(egress.sourceAddress);
}

// Who sends reports to other domains: an address of a hosted domain, so that its keys sign and answers arrive.
import type { Queryable } from '../infra/db/pool.ts';
import { parseAddress } from '../mail/address.ts';
import { findHostedDomain } from './find-hosted-domain.ts';

/**
 * @param configured an address, or undefined: postmaster of the hosted domain that the host's name is in
 * @returns null when neither is hosted here
 */
export async function reportSender(db: Queryable, hostname: string, configured: string | undefined): Promise<{ address: string; tenantId: string } | null> {
  if (configured !== undefined) {
    const parsed = parseAddress(configured);
    const hosted = parsed.kind === 'address' ? await findHostedDomain(db, parsed.value.domain) : null;
    return hosted && parsed.kind === 'address' ? { address: parsed.value.address, tenantId: hosted.tenantId } : null;
  }
  for (let name = hostname; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const hosted = await findHostedDomain(db, name);
    if (hosted) return { address: `postmaster@${name}`, tenantId: hosted.tenantId };
  }
  return null;
}

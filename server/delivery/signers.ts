// Who signs for a sender's domain, and is a domain hosted here: look-ups that every message needs, kept for a
// short while. A rotated key or a new domain is noticed within that time.
import type { SecretBox } from '../infra/crypto/secret-box.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { findHostedDomain, type HostedDomain } from '../domains/find-hosted-domain.ts';
import { signingKeysFor } from '../domains/signing-keys.ts';
import type { DkimSigner } from '../mail/dkim/sign-message.ts';

export interface DomainLookups {
  isHosted(domain: string): Promise<boolean>;
  /** The tenant that the domain is hosted for, or null. */
  tenantOf(domain: string): Promise<string | null>;
  /** The signing keys of the domain if it is the tenant's own; none otherwise: nobody signs for a stranger. */
  signersFor(tenantId: string, domain: string): Promise<DkimSigner[]>;
}

const KEEP_MS = 30_000;
const MAX_KEPT = 10_000;

export function domainLookups(db: Queryable, secretBox: SecretBox): DomainLookups {
  const hosted = shortMemory((domain: string) => findHostedDomain(db, domain));
  const keys = shortMemory((domain: string) => signingKeysFor(db, secretBox, domain));
  const find = (domain: string): Promise<HostedDomain | null> => hosted(domain);
  return {
    isHosted: async (domain) => (await find(domain)) !== null,
    tenantOf: async (domain) => (await find(domain))?.tenantId ?? null,
    async signersFor(tenantId, domain) {
      const found = await find(domain);
      return found?.tenantId === tenantId ? keys(domain) : [];
    },
  };
}

/** Remembers answers for KEEP_MS, failed ones not at all. */
function shortMemory<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, { answer: Promise<T>; until: number }>();
  return (key) => {
    const entry = known.get(key);
    if (entry && entry.until > performance.now()) return entry.answer;
    known.delete(key);
    if (known.size >= MAX_KEPT) known.delete(known.keys().next().value!);
    const answer = ask(key);
    known.set(key, { answer, until: performance.now() + KEEP_MS });
    answer.catch(() => known.delete(key));
    return answer;
  };
}

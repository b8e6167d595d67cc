// Adding a hosted domain, with its DKIM keys, all or nothing.
import { randomUUID } from 'node:crypto';
import type { SecretBox } from '../infra/crypto/secret-box.ts';
import type { Pool } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { parseDomain } from '../mail/address.ts';
import { type DkimAlgorithm, makeDkimKeyPair } from './dkim-key.ts';
import { insertDkimKey, insertDomain } from './domain.store.ts';

export type CreateDomainResult =
  | { kind: 'created'; domainId: string; name: string }
  /** Some tenant, maybe this one, already has it. */
  | { kind: 'taken'; name: string }
  | { kind: 'invalid'; rule: string };

/** The first selector of each algorithm; rotation counts on. */
const FIRST_SELECTORS: Record<DkimAlgorithm, string> = { 'rsa-sha256': 's1rsa', 'ed25519-sha256': 's1ed' };

/** What a sealed DKIM key is bound to. */
export const dkimKeyContext = (keyId: string): string => `dkim_key:${keyId}`;

/**
 * Makes a domain of a tenant, with an RSA-2048 and an Ed25519 key that sign at once: a new domain has sent
 * nothing yet, so there is no gap to bridge as in a rotation.
 * @param input.name in any case, Unicode or A-labels
 */
export async function createDomain(
  pool: Pool,
  secretBox: SecretBox,
  input: { tenantId: string; name: string },
): Promise<CreateDomainResult> {
  const name = parseDomain(input.name.trim());
  if (name === null || !name.includes('.')) return { kind: 'invalid', rule: 'a domain name like example.com expected' };
  const algorithms: DkimAlgorithm[] = ['rsa-sha256', 'ed25519-sha256'];
  const pairs = await Promise.all(algorithms.map(makeDkimKeyPair));
  return withTransaction(pool, async (client) => {
    const domainId = randomUUID();
    if (!(await insertDomain(client, { id: domainId, tenantId: input.tenantId, name }))) return { kind: 'taken', name };
    for (const pair of pairs) {
      const id = randomUUID();
      await insertDkimKey(client, {
        id,
        tenantId: input.tenantId,
        domainId,
        selector: FIRST_SELECTORS[pair.algorithm],
        algorithm: pair.algorithm,
        status: 'signing',
        privateKeySealed: secretBox.seal(pair.privateKey, dkimKeyContext(id)),
        publicKey: pair.publicKey,
      });
    }
    return { kind: 'created', domainId, name };
  });
}

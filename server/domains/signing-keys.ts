// The private keys that sign for a domain, opened. They stay in memory and go nowhere else.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SecretBox } from '../infra/crypto/secret-box.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { dkimKeyContext } from './create-domain.ts';
import type { DkimAlgorithm } from './dkim-key.ts';
import { selectDkimKeys } from './domain.store.ts';

export interface SigningKey {
  domain: string;
  selector: string;
  algorithm: DkimAlgorithm;
  privateKey: KeyObject;
}

/**
 * The keys in state `signing`; none when the domain is not hosted here. Not cached here: a sender of many
 * messages keeps them for a minute or so.
 * @param domain A-labels, lower case
 * @throws when a key does not open with this installation's secret: mail must not leave unsigned by accident
 */
export async function signingKeysFor(pool: Queryable, secretBox: SecretBox, domain: string): Promise<SigningKey[]> {
  const keys = await selectDkimKeys(pool, domain);
  return keys
    .filter((key) => key.status === 'signing')
    .map((key) => ({
      domain: key.domainName,
      selector: key.selector,
      algorithm: key.algorithm,
      privateKey: createPrivateKey(secretBox.open(key.privateKeySealed, dkimKeyContext(key.id)).toString()),
    }));
}

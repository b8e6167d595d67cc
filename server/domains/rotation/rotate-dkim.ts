// A domain's DKIM rotation: begins by a person's word, goes on by itself as DNS and time allow. Idempotent at every
// step, so any number of schedulers may run it.
import { randomUUID } from 'node:crypto';
import type { SecretBox } from '../../infra/crypto/secret-box.ts';
import type { Pool } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { DnsAnswer } from '../../infra/dns/resolver.ts';
import { dkimKeyContext } from '../create-domain.ts';
import { type DkimAlgorithm, makeDkimKeyPair } from '../dkim-key.ts';
import { readDkimRecord } from '../dns/dkim-record.ts';
import { insertDkimKey, selectDomain } from '../domain.store.ts';
import { nextRotationStep, nextSelectors, type RotationStep } from './rotation-rules.ts';
import { deleteKeys, deletePublished, markSeen, selectRotatingDomains, selectRotatingKeys, switchKeys, type RotatingKey } from './rotation.store.ts';

type LookUpTxt = (name: string) => Promise<DnsAnswer<string>>;

export type BeginResult =
  | { kind: 'begun'; selectors: string[] }
  /** One is under way; it must end before another begins. */
  | { kind: 'under-way'; selectors: string[] }
  | { kind: 'not-hosted' };

/** Makes the next pair of keys, which sign once their records have been in DNS for a day. @param name A-labels */
export async function beginRotation(pool: Pool, secretBox: SecretBox, name: string): Promise<BeginResult> {
  const domain = await selectDomain(pool, name);
  if (domain === null) return { kind: 'not-hosted' };
  const algorithms: DkimAlgorithm[] = ['rsa-sha256', 'ed25519-sha256'];
  const pairs = await Promise.all(algorithms.map(makeDkimKeyPair));
  return withTransaction(pool, async (client) => {
    const keys = await selectRotatingKeys(client, domain.domainId, { lock: true });
    const open = keys.filter((key) => key.status === 'published');
    if (open.length > 0) return { kind: 'under-way', selectors: open.map((key) => key.selector) };
    const selectors = nextSelectors(keys.map((key) => key.selector));
    for (const pair of pairs) {
      const id = randomUUID();
      await insertDkimKey(client, {
        id, ...domain, selector: selectors[pair.algorithm], algorithm: pair.algorithm, status: 'published',
        privateKeySealed: secretBox.seal(pair.privateKey, dkimKeyContext(id)), publicKey: pair.publicKey,
      });
    }
    return { kind: 'begun', selectors: Object.values(selectors) };
  });
}

/**
 * Looks at DNS and takes the step that is due, if one is.
 * @returns the step that the rotation is at; `switch` and `remove` have been carried out
 */
export async function advanceRotation(pool: Pool, lookUp: LookUpTxt, domain: { domainId: string; name: string }, now: Date): Promise<RotationStep> {
  for (const key of await selectRotatingKeys(pool, domain.domainId)) {
    if (key.status !== 'published') continue;
    const seen = await isInDns(lookUp, domain.name, key);
    // No answer is no news: neither there nor gone.
    if (seen !== null) await markSeen(pool, key.id, seen, now);
  }
  return withTransaction(pool, async (client) => {
    const step = nextRotationStep(await selectRotatingKeys(client, domain.domainId, { lock: true }), now);
    if (step.kind === 'switch') await switchKeys(client, domain.domainId, now);
    if (step.kind === 'remove') await deleteKeys(client, domain.domainId, step.selectors);
    return step;
  });
}

/** All rotations that are under way. @returns those that took a step, for the log */
export async function advanceRotations(pool: Pool, lookUp: LookUpTxt, now: Date): Promise<{ domain: string; step: RotationStep }[]> {
  const steps: { domain: string; step: RotationStep }[] = [];
  for (const domain of await selectRotatingDomains(pool)) {
    const step = await advanceRotation(pool, lookUp, domain, now);
    if (step.kind === 'switch' || step.kind === 'remove') steps.push({ domain: domain.name, step });
  }
  return steps;
}

/** Gives up a rotation whose keys do not sign yet. @returns how many keys were thrown away; null: not hosted here */
export async function cancelRotation(pool: Pool, name: string): Promise<number | null> {
  const domain = await selectDomain(pool, name);
  return domain === null ? null : deletePublished(pool, domain.domainId);
}

/**
 * Switches without waiting, for a key that leaked: mail may fail to verify where the new record is not known yet.
 * @returns false when no new key is there to switch to
 */
export async function switchNow(pool: Pool, name: string, now: Date): Promise<boolean> {
  const domain = await selectDomain(pool, name);
  if (domain === null) return false;
  return withTransaction(pool, async (client) => {
    const keys = await selectRotatingKeys(client, domain.domainId, { lock: true });
    if (!keys.some((key) => key.status === 'published')) return false;
    await switchKeys(client, domain.domainId, now);
    return true;
  });
}

/** True, false, or null when DNS did not answer. */
async function isInDns(lookUp: LookUpTxt, domain: string, key: RotatingKey): Promise<boolean | null> {
  const answer = await lookUp(`${key.selector}._domainkey.${domain}`);
  if (answer.kind === 'failed') return null;
  return answer.kind === 'found' && answer.records.some((record) => readDkimRecord(record)?.publicKey === key.publicKey);
}

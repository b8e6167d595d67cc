import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { createSecretBox } from '../../infra/crypto/secret-box.ts';
import type { DnsAnswer } from '../../infra/dns/resolver.ts';
import { createDomain } from '../create-domain.ts';
import { publicRecordsFor } from '../public-records.ts';
import { signingKeysFor } from '../signing-keys.ts';
import { advanceRotation, advanceRotations, beginRotation, cancelRotation, switchNow } from './rotate-dkim.ts';
import { PUBLISH_WAIT_MS, RETIRE_WAIT_MS } from './rotation-rules.ts';
import { selectRotatingDomains } from './rotation.store.ts';

let database: TestDatabase;
const tenantId = randomUUID();
const box = createSecretBox(randomBytes(32));
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query(`INSERT INTO tenant (id, slug, name) VALUES ($1, 'one', 'One')`, [tenantId]);
});
afterAll(() => database.drop());

/** DNS that its owner fills by hand; 'silent' answers nothing. */
function publicDns() {
  let texts = new Map<string, string>();
  let silent = false;
  return {
    lookUp: async (name: string): Promise<DnsAnswer<string>> =>
      silent ? { kind: 'failed', reason: 'DNS: ETIMEOUT' } : texts.has(name) ? { kind: 'found', records: [texts.get(name)!] } : { kind: 'none', nameExists: false },
    async publish(domain: string, only?: RegExp) {
      const records = await publicRecordsFor(database.pool, domain, 'mail.eider.test');
      texts = new Map(records.filter(({ purpose, name }) => purpose === 'dkim' && (!only || only.test(name))).map(({ name, value }) => [name, value]));
    },
    setSilent: (value: boolean) => (silent = value),
  };
}

async function domain(name: string): Promise<{ domainId: string; name: string }> {
  const created = await createDomain(database.pool, box, { tenantId, name });
  if (created.kind !== 'created') throw new Error(created.kind);
  return { domainId: created.domainId, name };
}
const signing = async (name: string) => (await signingKeysFor(database.pool, box, name)).map((key) => key.selector).sort();
const start = new Date('2026-12-01T00:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

describe('a rotation', () => {
  test('publishes, waits, switches at one moment, and lets the old records go in the end', async () => {
    const dns = publicDns();
    const one = await domain('rotates.example');
    expect(await beginRotation(database.pool, box, one.name)).toEqual({ kind: 'begun', selectors: ['s2rsa', 's2ed'] });
    expect(await beginRotation(database.pool, box, one.name)).toMatchObject({ kind: 'under-way' });
    expect(await advanceRotation(database.pool, dns.lookUp, one, start)).toMatchObject({ kind: 'await-records' });

    await dns.publish(one.name, /rsa/);
    expect(await advanceRotation(database.pool, dns.lookUp, one, start)).toEqual({ kind: 'await-records', selectors: ['s2ed'] });
    await dns.publish(one.name);
    expect(await advanceRotation(database.pool, dns.lookUp, one, after(3_600_000))).toEqual({ kind: 'wait', at: after(3_600_000 + PUBLISH_WAIT_MS) });
    // A resolver that says nothing takes nothing back.
    dns.setSilent(true);
    expect(await advanceRotation(database.pool, dns.lookUp, one, after(7_200_000))).toMatchObject({ kind: 'wait' });
    dns.setSilent(false);
    expect(await signing(one.name)).toEqual(['s1ed', 's1rsa']);

    const switchedAt = 3_600_000 + PUBLISH_WAIT_MS;
    expect(await advanceRotations(database.pool, dns.lookUp, after(switchedAt))).toEqual([{ domain: one.name, step: { kind: 'switch' } }]);
    expect(await signing(one.name)).toEqual(['s2ed', 's2rsa']);
    // Both generations are among the records to publish: mail under way still verifies.
    const selectors = (await publicRecordsFor(database.pool, one.name, 'mail.eider.test')).filter(({ purpose }) => purpose === 'dkim').map(({ name }) => name.split('.')[0]);
    expect(selectors.sort()).toEqual(['s1ed', 's1rsa', 's2ed', 's2rsa']);

    expect(await advanceRotations(database.pool, dns.lookUp, after(switchedAt + RETIRE_WAIT_MS - 1))).toEqual([]);
    expect(await advanceRotations(database.pool, dns.lookUp, after(switchedAt + RETIRE_WAIT_MS))).toMatchObject([{ step: { kind: 'remove', selectors: ['s1ed', 's1rsa'] } }]);
    expect(await selectRotatingDomains(database.pool)).toEqual([]);
    expect(await signing(one.name)).toEqual(['s2ed', 's2rsa']);
  });

  test('starts waiting again when a record vanishes', async () => {
    const dns = publicDns();
    const one = await domain('vanishes.example');
    await beginRotation(database.pool, box, one.name);
    await dns.publish(one.name);
    await advanceRotation(database.pool, dns.lookUp, one, start);
    await dns.publish(one.name, /s1|s2rsa/);
    expect(await advanceRotation(database.pool, dns.lookUp, one, after(PUBLISH_WAIT_MS))).toEqual({ kind: 'await-records', selectors: ['s2ed'] });
    await dns.publish(one.name);
    expect(await advanceRotation(database.pool, dns.lookUp, one, after(PUBLISH_WAIT_MS))).toEqual({ kind: 'wait', at: after(2 * PUBLISH_WAIT_MS) });
  });

  test('can be given up before it signs, or forced', async () => {
    const one = await domain('forced.example');
    expect(await switchNow(database.pool, one.name, start)).toBe(false);
    await beginRotation(database.pool, box, one.name);
    expect(await cancelRotation(database.pool, one.name)).toBe(2);
    expect(await cancelRotation(database.pool, one.name)).toBe(0);
    await beginRotation(database.pool, box, one.name);
    expect(await switchNow(database.pool, one.name, start)).toBe(true);
    expect(await signing(one.name)).toEqual(['s2ed', 's2rsa']);
  });

  test('of two that run at once one steps, and two beginnings make one pair', async () => {
    const dns = publicDns();
    const one = await domain('twice.example');
    const begun = await Promise.all([1, 2, 3].map(() => beginRotation(database.pool, box, one.name)));
    expect(begun.map(({ kind }) => kind).sort()).toEqual(['begun', 'under-way', 'under-way']);
    await dns.publish(one.name);
    await advanceRotation(database.pool, dns.lookUp, one, start);
    const steps = await Promise.all([1, 2, 3].map(() => advanceRotation(database.pool, dns.lookUp, one, after(PUBLISH_WAIT_MS))));
    expect(steps.map(({ kind }) => kind).sort()).toEqual(['switch', 'wait-retired', 'wait-retired']);
    expect(await signing(one.name)).toEqual(['s2ed', 's2rsa']);
  });

  test('of a domain that is not hosted is none', async () => {
    expect(await beginRotation(database.pool, box, 'nobody.example')).toEqual({ kind: 'not-hosted' });
    expect(await cancelRotation(database.pool, 'nobody.example')).toBeNull();
  });
});

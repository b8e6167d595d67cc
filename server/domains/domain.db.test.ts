import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { createSecretBox } from '../infra/crypto/secret-box.ts';
import { createDomain } from './create-domain.ts';
import { findHostedDomain } from './find-hosted-domain.ts';
import { publicRecordsFor, txtStrings } from './public-records.ts';
import { signingKeysFor } from './signing-keys.ts';

let database: TestDatabase;
let tenantId: string;
const box = createSecretBox(randomBytes(32));
beforeAll(async () => {
  database = await testDatabase();
  tenantId = randomUUID();
  await database.pool.query(`INSERT INTO tenant (id, slug, name) VALUES ($1, 'one', 'One')`, [tenantId]);
});
afterAll(() => database.drop());
const create = (name: string) => createDomain(database.pool, box, { tenantId, name });

describe('hosted domains', () => {
  test('made with two signing keys that match their published halves', async () => {
    expect(await create('Bücher.Example')).toMatchObject({ kind: 'created', name: 'xn--bcher-kva.example' });
    const keys = await signingKeysFor(database.pool, box, 'xn--bcher-kva.example');
    expect(keys.map((key) => key.algorithm).sort()).toEqual(['ed25519-sha256', 'rsa-sha256']);
    const records = await publicRecordsFor(database.pool, 'xn--bcher-kva.example', 'mail.eider.test');
    for (const key of keys) {
      const spki = createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' });
      const p = (key.algorithm === 'rsa-sha256' ? spki : spki.subarray(12)).toString('base64');
      const record = records.find((entry) => entry.name === `${key.selector}._domainkey.xn--bcher-kva.example`)!;
      expect(record.value).toBe(`v=DKIM1; k=${key.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${p}`);
    }
    expect(records.map((record) => record.purpose).sort()).toEqual(['dkim', 'dkim', 'dmarc', 'mx', 'spf', 'tlsrpt']);
  });

  test('private keys rest encrypted, and open only with this installation', async () => {
    await create('sealed.example');
    const { rows } = await database.pool.query<{ private_key_sealed: Buffer }>('SELECT private_key_sealed FROM dkim_key');
    for (const row of rows) expect(row.private_key_sealed.includes('PRIVATE')).toBe(false);
    await expect(signingKeysFor(database.pool, createSecretBox(randomBytes(32)), 'sealed.example')).rejects.toThrow();
  });

  test('found in any spelling, by nobody once disabled', async () => {
    await create('found.example');
    for (const name of ['found.example', 'FOUND.example.', 'found.EXAMPLE']) expect(await findHostedDomain(database.pool, name)).toMatchObject({ tenantId });
    expect(await findHostedDomain(database.pool, 'sub.found.example')).toBeNull();
    expect(await findHostedDomain(database.pool, 'no domain')).toBeNull();
    await database.pool.query(`UPDATE domain SET status = 'disabled' WHERE name = 'found.example'`);
    expect(await findHostedDomain(database.pool, 'found.example')).toBeNull();
    expect(await signingKeysFor(database.pool, box, 'found.example')).toEqual([]);
    expect(await publicRecordsFor(database.pool, 'found.example', 'mx')).toEqual([]);
  });

  test('one owner only, also when two ask at once; nothing is half-made', async () => {
    const results = await Promise.all([create('race.example'), create('race.example'), create('RACE.example')]);
    expect(results.map((result) => result.kind).sort()).toEqual(['created', 'taken', 'taken']);
    const { rows } = await database.pool.query(`SELECT count(*) AS n FROM dkim_key k JOIN domain d ON d.id = k.domain_id WHERE d.name = 'race.example'`);
    expect(rows).toEqual([{ n: 2 }]);
  });

  test.each(['', 'localhost', 'a b.example', '127.0.0.1', '-x.example', 'a..b'])('%j is refused', async (name) =>
    expect(await create(name)).toMatchObject({ kind: 'invalid' }));
});

test.each([[0, 1], [255, 1], [256, 2], [600, 3]])('a TXT value of %i octets is %i strings', (length, count) => {
  const strings = txtStrings('x'.repeat(length));
  expect(strings).toHaveLength(count);
  expect(strings.join('')).toBe('x'.repeat(length));
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { createTenant } from './create-tenant.ts';
import { countTenants, insertAccount, selectAccountByAddress, selectAccounts, selectTenantBySlug } from './tenant.store.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

describe('createTenant', () => {
  it('makes a tenant once', async () => {
    const made = await createTenant(db.pool, { slug: 'acme', name: '  Acme Inc ' });
    expect(made).toEqual({ kind: 'created', tenantId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await createTenant(db.pool, { slug: 'acme' })).toEqual({ kind: 'taken' });
    expect(await selectTenantBySlug(db.pool, 'acme')).toMatchObject({ slug: 'acme', name: 'Acme Inc', status: 'active' });
    expect(await countTenants(db.pool)).toBe(1);
  });

  it('is named after its slug when nothing else is said', async () => {
    await createTenant(db.pool, { slug: 'plain', name: ' ' });
    expect((await selectTenantBySlug(db.pool, 'plain'))?.name).toBe('plain');
  });

  it.each(['', 'Acme', '-acme', 'acme-', 'a_b', 'x'.repeat(64), 'a.b', 'ä'])('refuses the slug %j, as the database does', async (slug) => {
    expect(await createTenant(db.pool, { slug, name: 'x' })).toMatchObject({ kind: 'invalid', field: 'slug' });
    await expect(db.pool.query('INSERT INTO tenant (slug, name) VALUES ($1, $2)', [slug, 'x'])).rejects.toThrow('tenant_slug_check');
  });

  it.each(['a', '1', 'x'.repeat(63), 'a-b'])('takes the slug %j', async (slug) => {
    expect(await createTenant(db.pool, { slug })).toMatchObject({ kind: 'created' });
  });

  it('refuses a name that is too long', async () => {
    expect(await createTenant(db.pool, { slug: 'long', name: 'x'.repeat(201) })).toEqual({ kind: 'invalid', field: 'name', rule: 'at most 200 characters' });
  });
});

describe('account rows', () => {
  it('have each address once, among all tenants', async () => {
    const [one, two] = await Promise.all(['one', 'two'].map((slug) => createTenant(db.pool, { slug })));
    if (one?.kind !== 'created' || two?.kind !== 'created') throw new Error('no tenants');
    const account = { address: 'ann@example.com', displayName: 'Ann', role: 'user' } as const;
    expect(await insertAccount(db.pool, { tenantId: one.tenantId, ...account })).toMatchObject({ address: 'ann@example.com', wildduckUserId: null, status: 'active' });
    expect(await insertAccount(db.pool, { tenantId: two.tenantId, ...account })).toBe(null);
    expect((await selectAccountByAddress(db.pool, 'ann@example.com'))?.tenantId).toBe(one.tenantId);
    expect((await selectAccounts(db.pool, 'one')).map(({ address, tenant }) => [address, tenant])).toEqual([['ann@example.com', 'one']]);
    expect(await selectAccounts(db.pool, 'two')).toEqual([]);
    await expect(insertAccount(db.pool, { tenantId: one.tenantId, ...account, address: 'Bob@example.com' })).rejects.toThrow('account_address_check');
  });
});

// Accounts on a real mail store.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMailStack, type MailStack } from '../../mail-server/testing/mail-stack.ts';
import { createAccount, type AccountDeps, type CreateAccountInput } from './create-account.ts';
import { createTenant } from './create-tenant.ts';
import { firstRun } from './first-run.ts';
import { setPassword } from './set-password.ts';
import { completeAccount, insertAccount, selectAccountByAddress, selectTenantBySlug } from './tenant.store.ts';

let stack: MailStack;
let deps: AccountDeps;
let tenantId: string;

beforeAll(async () => {
  stack = await startMailStack();
  deps = { pool: stack.database.pool, wildduck: stack.wildduck };
  tenantId = (await selectTenantBySlug(deps.pool, 'eider'))!.id;
});
afterAll(() => stack.stop());

const create = (address: string, more: Partial<CreateAccountInput> = {}) =>
  createAccount(deps, { tenantId, address, password: 'a long password', ...more });
const signIn = async (username: string, password: string) => (await deps.wildduck.authenticate({ username, password, scope: 'imap' })).kind;

describe('createAccount', () => {
  it('makes an account that signs in with its address, in lower case', async () => {
    const made = await create(' Carl@EIDER.test ', { displayName: 'Carl', role: 'admin', quotaBytes: 1_000_000 });
    expect(made).toEqual({ kind: 'created', accountId: expect.any(String), address: 'carl@eider.test' });
    expect(await signIn('carl@eider.test', 'a long password')).toBe('authenticated');
    const row = await selectAccountByAddress(deps.pool, 'carl@eider.test');
    expect(row).toMatchObject({ tenantId, displayName: 'Carl', role: 'admin', status: 'active' });
    expect(await deps.wildduck.getUser(row!.wildduckUserId!)).toMatchObject({ name: 'Carl', quota: { allowedBytes: 1_000_000 } });
  });

  it('leaves an account that is there as it is', async () => {
    const first = await create('dora@eider.test');
    const second = await create('dora@eider.test', { password: 'another password' });
    expect(second).toEqual({ ...first, kind: 'exists' });
    expect(await signIn('dora@eider.test', 'a long password')).toBe('authenticated');
  });

  it('makes one account when asked several times at once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => create('emil@eider.test')));
    expect(new Set(results.map((result) => 'accountId' in result && result.accountId)).size).toBe(1);
    expect(await signIn('emil@eider.test', 'a long password')).toBe('authenticated');
    expect((await selectAccountByAddress(deps.pool, 'emil@eider.test'))?.wildduckUserId).toMatch(/^[0-9a-f]{24}$/);
  });

  it.each([
    ['before the mail store was asked', async (address: string) => void (await insertAccount(deps.pool, { tenantId, address, displayName: '', role: 'user' }))],
    ['after the mail store had made the user', async (address: string) => {
      await insertAccount(deps.pool, { tenantId, address, displayName: '', role: 'user' });
      await deps.wildduck.createUser({ username: address, address, password: 'the first password' });
    }],
  ])('completes what was cut short %s', async (when, cutShort) => {
    const address = `${when.split(' ')[0]}@eider.test`;
    await cutShort(address);
    expect(await create(address)).toMatchObject({ kind: 'created', address });
    expect(await signIn(address, 'a long password')).toBe('authenticated');
    expect(await create(address)).toMatchObject({ kind: 'exists' });
  });

  it('gives way to an alias, and leaves no row behind', async () => {
    const { userId } = await stack.account('owner');
    await deps.wildduck.createAddress(userId, { address: 'alias@eider.test' });
    expect(await create('alias@eider.test')).toEqual({ kind: 'taken', address: 'alias@eider.test' });
    expect(await selectAccountByAddress(deps.pool, 'alias@eider.test')).toBe(null);
  });

  it.each([
    ['no-at-sign', {}, 'address', 'an address has the form name@domain'],
    ['a b@eider.test', {}, 'address', expect.any(String)],
    ['x@elsewhere.example', {}, 'address', 'elsewhere.example is no domain of this tenant'],
    ['x@eider.test', { password: 'short' }, 'password', 'at least 8 characters'],
    ['x@eider.test', { displayName: 'x'.repeat(201) }, 'displayName', 'at most 200 characters'],
  ])('refuses %s %j: %s', async (address, more, field, rule) => {
    expect(await create(address, more)).toEqual({ kind: 'invalid', field, rule });
  });

  it("refuses a domain of another tenant's", async () => {
    const other = await createTenant(deps.pool, { slug: 'other' });
    if (other.kind !== 'created') throw new Error('no tenant');
    expect(await create('x@eider.test', { tenantId: other.tenantId })).toMatchObject({ kind: 'invalid', field: 'address' });
  });
});

describe('setPassword', () => {
  it('replaces the password', async () => {
    await create('fay@eider.test');
    expect(await setPassword(deps, { address: 'Fay@eider.test', password: 'the next password' })).toMatchObject({ kind: 'set' });
    expect(await signIn('fay@eider.test', 'a long password')).toBe('denied');
    expect(await signIn('fay@eider.test', 'the next password')).toBe('authenticated');
    expect(await setPassword(deps, { address: 'fay@eider.test', password: 'short' })).toMatchObject({ kind: 'invalid' });
    expect(await setPassword(deps, { address: 'nobody@eider.test', password: 'long enough' })).toEqual({ kind: 'unknown' });
  });
});

describe('firstRun', () => {
  it('does nothing where there are tenants, and completes what was begun', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eider-first-run-'));
    const path = join(folder, 'first-run.json');
    const inputs = { ...deps, secretBox: stack.secretBox };
    expect(await firstRun(inputs, path)).toBe('not-first');
    const planned = {
      tenant: 'eider',
      admin: { address: 'admin@eider.test', password: 'planned password 1' },
      accounts: [{ address: 'alice@eider.test', password: 'planned password 2' }, { address: 'bob@eider.test', password: 'planned password 3' }],
    };
    writeFileSync(`${path}.begun`, JSON.stringify(planned), { mode: 0o600 });
    // Alice had been made, and tied; bob had not.
    const alice = await insertAccount(deps.pool, { tenantId, address: 'alice@eider.test', displayName: '', role: 'user' });
    const user = await deps.wildduck.createUser({ username: 'alice@eider.test', address: 'alice@eider.test', password: 'planned password 2' });
    if (user.kind === 'created') await completeAccount(deps.pool, alice!.id, user.userId);
    expect(await firstRun(inputs, path)).toBe('made');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(planned);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const { address, password } of [planned.admin, ...planned.accounts]) expect(await signIn(address, password)).toBe('authenticated');
    expect((await selectAccountByAddress(deps.pool, 'admin@eider.test'))?.role).toBe('operator');
    expect(await firstRun(inputs, path)).toBe('there');
    rmSync(folder, { recursive: true });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { deleteAccountSessions, deleteExpiredSessions } from './session.store.ts';
import { createSessions, type Sessions } from './sessions.ts';

let db: TestDatabase;
let account: { id: string; tenantId: string };
const clock = { ms: Date.now() };
let sessions: Sessions;
const request = { ip: '192.0.2.1', userAgent: 'test', remember: false };

beforeAll(async () => {
  db = await testDatabase();
  const tenant = await db.pool.query<{ id: string }>(`INSERT INTO tenant (slug, name) VALUES ('s', 's') RETURNING id`);
  const made = await db.pool.query<{ id: string }>(
    `INSERT INTO account (tenant_id, wildduck_user_id, address) VALUES ($1, 'u1', 'a@s.test') RETURNING id`,
    [tenant.rows[0]!.id],
  );
  account = { id: made.rows[0]!.id, tenantId: tenant.rows[0]!.id };
  sessions = createSessions(db.pool, Buffer.alloc(32, 7), () => clock.ms);
});
afterAll(() => db.drop());

describe('sessions', () => {
  test('a token finds its session, and is stored as a hash only', async () => {
    const { token, maxAgeSeconds } = await sessions.start(account, request);
    expect(maxAgeSeconds).toBeUndefined();
    expect(await sessions.find(token)).toMatchObject({ accountId: account.id, address: 'a@s.test', role: 'user' });
    const { rows } = await db.pool.query('SELECT * FROM web_session');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await sessions.find('A'.repeat(43))).toBeNull();
  });

  test('an old token is replaced; the former one works for a minute more, and one of two concurrent requests wins', async () => {
    const { token } = await sessions.start(account, { ...request, remember: true });
    const session = (await sessions.find(token))!;
    expect(await sessions.renew(session)).toBeNull();
    await db.pool.query(`UPDATE web_session SET rotated_at = now() - interval '13 hours' WHERE id = $1`, [session.id]);
    clock.ms += 6_000;
    const old = (await sessions.find(token))!;
    const renewed = (await Promise.all([sessions.renew(old), sessions.renew(old)])).filter((issued) => issued !== null);
    expect(renewed).toHaveLength(1);
    expect(renewed[0]!.token).not.toBe(token);
    expect((await sessions.find(renewed[0]!.token))?.id).toBe(session.id);
    expect((await sessions.find(token))?.id).toBe(session.id);
    await db.pool.query(`UPDATE web_session SET rotated_at = now() - interval '61 seconds' WHERE id = $1`, [session.id]);
    clock.ms += 6_000;
    expect(await sessions.find(token)).toBeNull();
  });

  test('ends at once here, and within seconds elsewhere', async () => {
    const { token } = await sessions.start(account, request);
    const elsewhere = createSessions(db.pool, Buffer.alloc(32, 7), () => clock.ms);
    expect(await elsewhere.find(token)).not.toBeNull();
    await sessions.end((await sessions.find(token))!);
    expect(await sessions.find(token)).toBeNull();
    clock.ms += 6_000;
    expect(await elsewhere.find(token)).toBeNull();
  });

  test('a disabled account and a stopped tenant have no sessions', async () => {
    const { token } = await sessions.start(account, request);
    for (const [off, on] of [
      [`UPDATE account SET status = 'disabled'`, `UPDATE account SET status = 'active'`],
      [`UPDATE tenant SET status = 'suspended'`, `UPDATE tenant SET status = 'active'`],
    ] as const) {
      await db.pool.query(off);
      clock.ms += 6_000;
      expect(await sessions.find(token)).toBeNull();
      await db.pool.query(on);
      expect(await sessions.find(token)).not.toBeNull();
    }
  });

  test('expires, and is swept', async () => {
    const { token } = await sessions.start(account, request);
    const session = (await sessions.find(token))!;
    await db.pool.query(`UPDATE web_session SET expires_at = now() - interval '1 second' WHERE id = $1`, [session.id]);
    clock.ms += 6_000;
    expect(await sessions.find(token)).toBeNull();
    expect(await deleteExpiredSessions(db.pool)).toBe(1);
  });

  test('only the account itself can revoke', async () => {
    const { token } = await sessions.start(account, request);
    const session = (await sessions.find(token))!;
    expect(await sessions.revoke({ ...session, accountId: '00000000-0000-0000-0000-000000000000' }, session.id)).toBe(false);
    expect(await sessions.find(token)).not.toBeNull();
    expect(await sessions.revoke(session, session.id)).toBe(true);
    expect(await sessions.find(token)).toBeNull();
  });

  test('a request that reads the session while it ends does not bring it back', async () => {
    const answered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let held = false;
    const query = async (...args: Parameters<typeof db.pool.query>) => {
      const hold = held;
      held = false;
      const answer = await db.pool.query(...args);
      if (!hold) return answer;
      answered.resolve();
      await gate.promise;
      return answer;
    };
    const behind = createSessions(Object.assign(Object.create(db.pool) as typeof db.pool, { query }), Buffer.alloc(32, 7), () => clock.ms);
    const { token } = await behind.start(account, request);
    const session = (await behind.find(token))!;
    clock.ms += 6_000;
    held = true;
    const reading = behind.find(token);
    await answered.promise;
    await behind.end(session);
    gate.resolve();
    await reading;
    expect(await behind.find(token)).toBeNull();
  });

  test('a password set by somebody else ends them all', async () => {
    const tokens = [await sessions.start(account, request), await sessions.start(account, { ...request, remember: true })];
    expect(await deleteAccountSessions(db.pool, account.id)).toBeGreaterThanOrEqual(2);
    for (const { token } of tokens) expect(await sessions.find(token)).toBeNull();
  });

  test('CSRF tokens belong to one session', async () => {
    const one = (await sessions.find((await sessions.start(account, request)).token))!;
    const two = (await sessions.find((await sessions.start(account, request)).token))!;
    expect(sessions.csrfMatches(one, sessions.csrfToken(one))).toBe(true);
    expect(sessions.csrfMatches(two, sessions.csrfToken(one))).toBe(false);
    expect(sessions.csrfMatches(one, null)).toBe(false);
    expect(sessions.csrfMatches(one, '')).toBe(false);
  });
});

// The second step of a sign-in on a real database: each proof once, wrong ones counted, the trail kept.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { readFactors, replaceRecoveryCodes, saveTotpSecret, takeTotpStep, turnOnTwoStep } from '../../factors/factor.store.ts';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from '../../factors/recovery-codes.ts';
import { newTotpSecret, stepAt, totpCode } from '../../factors/totp.ts';
import { apiRequest, createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';
import { openChallenge } from './challenge.ts';
import { recoveryKey, totpContext } from './check-factors.ts';

let db: TestDatabase;
let web: TestWeb;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

/** An account with an authenticator app whose codes `code(stepsAway)` tells, and recovery codes. */
async function guarded(name: string) {
  const account = await web.account(name);
  const secret = newTotpSecret();
  await saveTotpSecret(db.pool, account, web.services.secretBox.seal(secret, totpContext(account.accountId)));
  await takeTotpStep(db.pool, account.accountId, 1, true);
  await turnOnTwoStep(db.pool, account);
  const codes = newRecoveryCodes();
  const key = recoveryKey(web.services);
  await replaceRecoveryCodes(db.pool, account, codes.map((code) => hashRecoveryCode(key, account.accountId, normaliseRecoveryCode(code)!)));
  return { account, codes, code: (away = 0) => totpCode(secret, stepAt(Date.now()) + away) };
}

const challenge = (account: TestAccount) => openChallenge(web.services, 'second_step', account.accountId);

async function answer(token: string, method: string, code: string): Promise<{ status: number; cookie: string | null; text: string }> {
  const response = await web.dispatch(apiRequest('POST', '/api/session/second-step', { token, method, code }));
  return { status: response.status, cookie: response.headers.get('set-cookie'), text: await response.text() };
}

async function trail(account: TestAccount): Promise<string[]> {
  const { rows } = await db.pool.query<{ line: string }>(
    `SELECT kind || coalesce(' ' || method, '') AS line FROM login_event WHERE account_id = $1 ORDER BY at, id`,
    [account.accountId],
  );
  return rows.map((row) => row.line);
}

describe('a code of the authenticator app', () => {
  test('signs in once; the same code again, and one before it, is refused', async () => {
    const { account, code } = await guarded('once');
    const now = code();
    const first = await answer(await challenge(account), 'totp', now);
    expect(first).toMatchObject({ status: 200, cookie: expect.stringMatching(/^eider=[\w-]{43}; Path=\/; HttpOnly/) as unknown });
    for (const again of [now, code(-1)]) expect((await answer(await challenge(account), 'totp', again)).status).toBe(401);
    expect(await trail(account)).toEqual(['sign_in totp', 'second_step_refused totp', 'second_step_refused totp']);
  });

  test('of two requests with one code at once, one gets in', async () => {
    const { account, code } = await guarded('twice');
    const tokens = [await challenge(account), await challenge(account)];
    const statuses = (await Promise.all(tokens.map((token) => answer(token, 'totp', code())))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401]);
  });

  test('a challenge answers once, and dies of five wrong codes', async () => {
    const { account, code, codes } = await guarded('five');
    const used = await challenge(account);
    expect((await answer(used, 'totp', code())).status).toBe(200);
    expect((await answer(used, 'recovery_code', codes[0]!)).status).toBe(410);
    const token = await challenge(account);
    for (let n = 0; n < 5; n += 1) expect((await answer(token, 'totp', 'no code')).status).toBe(401);
    expect((await answer(token, 'recovery_code', codes[0]!)).status).toBe(410);
  });

  test('ten tries over all challenges, then a pause that the answer tells', async () => {
    const { account, code } = await guarded('ten');
    for (let n = 0; n < 10; n += 1) expect((await answer(await challenge(account), 'totp', 'no code')).status).toBe(401);
    const { status, text } = await answer(await challenge(account), 'totp', code());
    expect(status).toBe(429);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'rate_limited', retry_after: expect.any(Number) as unknown } });
  });

  test('is of no use for another account’s challenge', async () => {
    const { account } = await guarded('mine');
    const other = await guarded('theirs');
    expect((await answer(await challenge(account), 'totp', other.code())).status).toBe(401);
  });

  test('a secret that was never confirmed signs nobody in', async () => {
    const { account, code } = await guarded('fresh');
    await db.pool.query('UPDATE totp_secret SET confirmed_at = NULL WHERE account_id = $1', [account.accountId]);
    expect((await answer(await challenge(account), 'totp', code())).status).toBe(401);
  });
});

describe('a recovery code', () => {
  test('signs in once, as typed', async () => {
    const { account, codes } = await guarded('recover');
    expect((await answer(await challenge(account), 'recovery_code', ` ${codes[3]!.toUpperCase().replaceAll('-', ' ')}`)).status).toBe(200);
    expect((await answer(await challenge(account), 'recovery_code', codes[3]!)).status).toBe(401);
    expect((await readFactors(db.pool, account.accountId)).recoveryCodesLeft).toBe(9);
    expect(await trail(account)).toEqual(['sign_in recovery_code', 'second_step_refused recovery_code']);
  });
});

test('a disabled account, and one of a stopped tenant, gets no further than the password', async () => {
  const { account, code } = await guarded('disabled');
  const token = await challenge(account);
  await db.pool.query(`UPDATE account SET status = 'disabled' WHERE id = $1`, [account.accountId]);
  expect((await answer(token, 'totp', code())).status).toBe(410);
});

test('an expired challenge is gone, and a challenge of another purpose is none', async () => {
  const { account, code } = await guarded('late');
  const token = await challenge(account);
  await db.pool.query(`UPDATE sign_in_challenge SET expires_at = now() WHERE account_id = $1`, [account.accountId]);
  expect((await answer(token, 'totp', code())).status).toBe(410);
  expect((await answer(await openChallenge(web.services, 'verify', account.accountId), 'totp', code())).status).toBe(410);
});

test('neither secret nor codes nor tokens are in the database as they are', async () => {
  const account = await web.account('sealed');
  const made = (await (await account.call('POST', '/api/security/totp')).json()) as { secret: string };
  const { codes } = await guarded('sealed2');
  const token = await challenge(account);
  const tables = ['totp_secret', 'recovery_code', 'sign_in_challenge', 'login_event'];
  const dump = (await Promise.all(tables.map((table) => db.pool.query(`SELECT t::text FROM ${table} t`)))).flatMap(({ rows }) => rows.map((row: { t: string }) => row.t)).join('\n');
  for (const secret of [made.secret, token, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) {
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
  }
});

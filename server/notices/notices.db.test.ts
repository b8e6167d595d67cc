// New mail to a push service on a real socket, which decrypts what it gets with the browser's own keys (RFC 8291).
import { createECDH, randomBytes, verify as verifySignature, createPublicKey } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../mail-server/runtime/testing/test-database.ts';
import { certificateAuthority, type TestAuthority } from '../delivery/testing/certificates.ts';
import { createSecretBox } from '../infra/crypto/secret-box.ts';
import { createIndexedAccount, type IndexedAccount } from '../mailbox/testing/indexed-account.ts';
import { tellOfNewMail, type NoticeDeps } from './notice-loop.ts';
import { hasSubscription, saveSubscription } from './subscription.store.ts';
import { decryptNotice } from './testing/decrypt-notice.ts';
import { vapidKeys } from './vapid.ts';

interface Received {
  headers: Record<string, string | string[] | undefined>;
  notice: unknown;
}

let db: TestDatabase;
let server: Server;
let authority: TestAuthority;
let deps: NoticeDeps;
let status = 201;
let received: Received[] = [];
const browser = createECDH('prime256v1');
const keys = { p256dh: browser.generateKeys('base64url', 'uncompressed'), auth: randomBytes(16).toString('base64url') };
const vapid = vapidKeys(createSecretBox(Buffer.alloc(32, 3)));
let serial = 0;

beforeAll(async () => {
  db = await testDatabase();
  authority = certificateAuthority();
  const { cert, key } = authority.issue(['push.test']);
  server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, notice: JSON.parse(decryptNotice(Buffer.concat(chunks), browser, Buffer.from(keys.auth, 'base64url'))) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const dns = { addresses: () => Promise.resolve({ kind: 'found' as const, records: ['127.0.0.1'], secure: false }) };
  deps = {
    pool: db.pool,
    log: pino({ level: 'silent' }),
    sender: { https: { dns: dns as never, overrides: { port, ca: authority.ca, allowAddress: () => true } }, vapid, subject: 'mailto:postmaster@mail.test' },
  };
});
afterAll(async () => {
  server.close();
  authority.remove();
  await db.drop();
});
beforeEach(() => {
  status = 201;
  received = [];
});

async function subscribed(): Promise<{ account: IndexedAccount; sessionId: string }> {
  serial += 1;
  const account = await createIndexedAccount(db.pool, `reader${serial}`);
  const { rows } = await db.pool.query<{ id: string; tenantId: string }>(
    `INSERT INTO web_session (tenant_id, account_id, token_hash, persistent, ip, user_agent, expires_at)
     SELECT tenant_id, id, $2, true, '', '', now() + interval '1 hour' FROM account WHERE id = $1 RETURNING id, tenant_id AS "tenantId"`,
    [account.accountId, randomBytes(32)],
  );
  const { id: sessionId, tenantId } = rows[0]!;
  await account.add({ subject: 'From before', at: new Date() });
  await saveSubscription(db.pool, { tenantId, accountId: account.accountId, sessionId }, { endpoint: 'https://push.test/send/abc', ...keys });
  return { account, sessionId };
}

test('who wrote and about what, encrypted, once, and nothing of the text', async () => {
  const { account } = await subscribed();
  expect(await tellOfNewMail(deps)).toBe(0);
  const { conversationId } = await account.add({ subject: 'Fish soup', from: 'ulrike@else.test', text: 'A secret recipe', at: new Date() });
  expect(await tellOfNewMail(deps)).toBe(1);
  expect(await tellOfNewMail(deps)).toBe(0);
  expect(received.map((each) => each.notice)).toEqual([{ title: 'ulrike', body: 'Fish soup', tag: conversationId, path: `/mail/inbox/${conversationId}` }]);
  const { headers } = received[0]!;
  expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'normal' });
  expect(isSigned(String(headers.authorization))).toBe(true);
});

/** RFC 8292: a token for the push service's origin, by the key that it carries along. */
function isSigned(authorization: string): boolean {
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number; sub: string };
  const point = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const good = verifySignature('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  return good && key === vapid.publicKey && aud === 'https://push.test' && exp > Date.now() / 1000 && sub === 'mailto:postmaster@mail.test';
}

test('read mail, sent mail and old mail are no news; three stand for many', async () => {
  const { account } = await subscribed();
  await account.add({ subject: 'Read elsewhere', flags: ['\\Seen'], at: new Date() });
  await account.add({ folder: 'Sent Mail', subject: 'Sent', at: new Date() });
  await account.add({ subject: 'Moved back', at: new Date(Date.now() - 86_400_000) });
  expect(await tellOfNewMail(deps)).toBe(0);
  for (const n of [1, 2, 3, 4, 5]) await account.add({ subject: `Number ${n}`, from: `n${n}@else.test`, at: new Date() });
  await tellOfNewMail(deps);
  expect(received.map((each) => (each.notice as { body: string }).body).sort()).toEqual(['Number 3', 'Number 4', 'Number 5']);
});

test.each([
  [410, false],
  [404, false],
  [500, true],
  [429, true],
])('a push service that answers %i: subscription stays %s', async (answer, stays) => {
  const { account, sessionId } = await subscribed();
  status = answer;
  await account.add({ subject: 'News', at: new Date() });
  await tellOfNewMail(deps);
  expect(received).toHaveLength(1);
  expect(await hasSubscription(db.pool, sessionId)).toBe(stays);
});

test('a session that ends takes its subscription along', async () => {
  const { account, sessionId } = await subscribed();
  await db.pool.query('DELETE FROM web_session WHERE id = $1', [sessionId]);
  await account.add({ subject: 'News', at: new Date() });
  expect(await tellOfNewMail(deps)).toBe(0);
  expect(received).toEqual([]);
});

test('a folder that begins anew tells nothing of what it holds, and goes on from there', async () => {
  const { account } = await subscribed();
  await db.pool.query('UPDATE mailbox_folder SET uid_validity = uid_validity + 1 WHERE account_id = $1', [account.accountId]);
  await account.add({ subject: 'Counted anew', at: new Date() });
  await tellOfNewMail(deps);
  expect(received).toEqual([]);
  await account.add({ subject: 'After that', at: new Date() });
  await tellOfNewMail(deps);
  expect(received.map((each) => (each.notice as { body: string }).body)).toEqual(['After that']);
});

test('the key pair is the installation’s: the same wherever its secret is, another elsewhere', () => {
  expect(vapidKeys(createSecretBox(Buffer.alloc(32, 3)))).toEqual(vapid);
  expect(vapidKeys(createSecretBox(Buffer.alloc(32, 4)))).not.toEqual(vapid);
});

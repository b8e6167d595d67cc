// Walks every route of the contract: without a session, without a CSRF token, from a foreign page, and with another
// account's session on the objects of the first.
import { createECDH } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { insertPasskey, listPasskeys } from '../../factors/passkey.store.ts';
import { readFactors, replaceRecoveryCodes, saveTotpSecret, takeTotpStep, turnOnTwoStep } from '../../factors/factor.store.ts';
import { insertFilter, listFilters } from '../../filters/filter.store.ts';
import { askForwarding, listForwarding } from '../../filters/forwarding.store.ts';
import { ALL_PATHS } from '../contract/account-paths.ts';
import { pathOf, type RouteName } from '../contract/paths.ts';
import { ROUTES, type RouteContract } from '../contract/routes.ts';
import { apiRequest, createTestWeb, indexMessage, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let owner: TestAccount;
let stranger: TestAccount;

/** What belongs to the owner; every text of theirs carries this word. */
const SECRET = 'OwnersSecret';
const FOLDER = 'a'.repeat(24);
const CONVERSATION = '11111111-2222-4333-8444-555555555555';
let draftId: string;
let uploadId: string;
let shareId: string;
let sessionId: string;
let sendId: string;
let templateId: string;
let image: string;
let labelId: string;
let jobId: string;
let passkeyId: string;
let filterId: string;
let targetId: string;
let contactId: string;
let groupId: string;
let undoId: string;
let transferId: string;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  owner = await web.account('owner');
  stranger = await web.account('stranger');
  await indexMessage(db.pool, owner.accountId, { folderId: FOLDER, uid: 7, conversationId: CONVERSATION, subject: SECRET, use: 'inbox' });
  const upload = await owner.call('POST', `/api/uploads?filename=${SECRET}.txt`, new TextEncoder().encode(SECRET), { 'content-type': 'text/plain' });
  uploadId = ((await upload.json()) as { id: string }).id;
  const linked = await owner.call('POST', `/api/uploads?filename=${SECRET}.txt`, new TextEncoder().encode(SECRET));
  shareId = ((await linked.json()) as { id: string }).id;
  await owner.call('POST', '/api/shares', { uploadId: shareId, days: 7 });
  const draft = await owner.call('POST', '/api/emails/drafts', { subject: SECRET, attachments: [uploadId] });
  draftId = ((await draft.json()) as { id: string }).id;
  const kept = await owner.call('POST', '/api/templates', { name: SECRET, html: SECRET });
  templateId = ((await kept.json()) as { id: string }).id;
  const waiting = await owner.call(
    'POST', '/api/emails/send',
    { to: ['x@else.test'], subject: SECRET, text: SECRET, sendAt: new Date(Date.now() + 86_400_000).toISOString() },
    { 'idempotency-key': 'walk-waiting' },
  );
  sendId = ((await waiting.json()) as { sendId: string }).sendId;
  const sessions = (await (await owner.call('GET', '/api/sessions')).json()) as { items: { id: string }[] };
  sessionId = sessions.items[0]!.id;
  const labels = (await (await owner.call('POST', '/api/labels', { name: SECRET })).json()) as { items: { id: string }[] };
  labelId = labels.items[0]!.id;
  const job = await owner.call('POST', '/api/jobs', { action: 'unstar', scope: { kind: 'search', q: SECRET } });
  jobId = ((await job.json()) as { id: string }).id;
  await insertPasskey(db.pool, owner, { credentialId: Buffer.from('c'), publicKey: Buffer.from('k'), counter: 0, transports: [], name: SECRET, backedUp: false });
  passkeyId = (await listPasskeys(db.pool, owner.accountId))[0]!.id;
  await insertFilter(db.pool, owner, { name: SECRET, enabled: true, conditions: { from: SECRET }, actions: { star: true } });
  filterId = (await listFilters(db.pool, owner.accountId))[0]!.id;
  await askForwarding(db.pool, owner, `${SECRET}@else.test`, Buffer.from('t'));
  targetId = (await listForwarding(db.pool, owner.accountId))[0]!.id;
  const keep = (name: string) => owner.call('POST', '/api/contacts', { name, addresses: [{ address: `${name.replace(' ', '-')}@else.test` }] });
  contactId = ((await (await keep(SECRET)).json()) as { id: string }).id;
  const spare = (await (await keep(`${SECRET} spare`)).json()) as { id: string };
  undoId = ((await (await owner.call('POST', '/api/contacts/delete', { ids: [spare.id] })).json()) as { undoId: string }).undoId;
  const groups = (await (await owner.call('POST', '/api/contact-groups', { name: SECRET })).json()) as { items: { id: string }[] };
  groupId = groups.items[0]!.id;
  const prepared = await owner.call('POST', '/api/transfers/exports', { format: 'mbox', folderId: FOLDER });
  transferId = ((await prepared.json()) as { id: string }).id;
  await saveTotpSecret(db.pool, owner, Buffer.from('sealed'));
  await takeTotpStep(db.pool, owner.accountId, 1, true);
  await turnOnTwoStep(db.pool, owner);
  await replaceRecoveryCodes(db.pool, owner, [Buffer.from('hash')]);
  image = new URL(web.services.images.pathFor(owner.accountId, 'http://127.0.0.1:9/x.png'), 'http://x').searchParams.get('u')!;
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

interface Probe {
  params?: () => Record<string, string>;
  query?: () => Record<string, string>;
  body?: () => unknown;
  headers?: Record<string, string>;
  /** What a stranger gets. A list shows nothing of the owner's; an object is not there. */
  stranger: number | number[];
}

const email = () => ({ emailId: `${FOLDER}.7` });
const page = () => ({ limit: '10' });
const pair = createECDH('prime256v1');
const pushKey = pair.generateKeys('base64url', 'uncompressed');
/** Of a challenge that nobody made. */
const NO_TOKEN = 'A'.repeat(43);
const credential = () => ({ id: 'Yw', rawId: 'Yw', type: 'public-key', response: {} });

const PROBES: Record<RouteName, Probe> = {
  'api.description': { stranger: 200 },
  'health.get': { stranger: [200, 503] },
  'session.create': { body: () => ({ address: owner.address, password: 'wrong' }), stranger: 503 },
  'session.delete': { stranger: 200 },
  'sessions.list': { stranger: 200 },
  'sessions.revoke': { params: () => ({ sessionId }), stranger: 404 },
  'me.get': { stranger: 200 },
  'settings.update': { body: () => ({ theme: 'dark' }), stranger: 200 },
  'folders.list': { stranger: 200 },
  'folders.create': { body: () => ({ path: 'New' }), stranger: 503 },
  'folders.rename': { params: () => ({ folderId: FOLDER }), body: () => ({ path: 'Mine' }), stranger: 404 },
  'folders.delete': { params: () => ({ folderId: FOLDER }), stranger: 404 },
  'folders.conversations': { params: () => ({ folderId: FOLDER }), query: page, stranger: 200 },
  'labels.list': { stranger: 200 },
  'labels.create': { body: () => ({ name: 'Mine' }), stranger: 200 },
  'labels.update': { params: () => ({ labelId }), body: () => ({ name: 'Mine now' }), stranger: 404 },
  'labels.delete': { params: () => ({ labelId }), stranger: 200 },
  'mailbox.byUse': { params: () => ({ use: 'inbox' }), query: page, stranger: 200 },
  'conversations.get': { params: () => ({ conversationId: CONVERSATION }), stranger: 404 },
  'conversations.remind': { params: () => ({ conversationId: CONVERSATION }), body: () => ({ remindAt: null }), stranger: 404 },
  'conversations.act': { body: () => ({ action: 'read', conversationIds: [CONVERSATION], emailIds: [`${FOLDER}.7`] }), stranger: 200 },
  'jobs.list': { stranger: 200 },
  'jobs.create': { body: () => ({ action: 'read', scope: { kind: 'folder', folderId: FOLDER } }), stranger: 200 },
  'jobs.get': { params: () => ({ jobId }), stranger: 404 },
  'jobs.cancel': { params: () => ({ jobId }), stranger: 404 },
  'jobs.undo': { params: () => ({ jobId }), stranger: 404 },
  'emails.search': { query: () => ({ q: SECRET }), stranger: 200 },
  'search.query': { query: () => ({ q: SECRET, folderId: FOLDER }), stranger: 200 },
  'emails.send': {
    body: () => ({ to: ['x@else.test'], text: 'x', attachments: [uploadId], draftId }),
    headers: { 'idempotency-key': 'walk-0001' },
    stranger: 400,
  },
  'drafts.create': { body: () => ({ subject: 'mine' }), stranger: 200 },
  'drafts.get': { params: () => ({ draftId }), stranger: 404 },
  'drafts.update': { params: () => ({ draftId }), body: () => ({ revision: 1, fields: { subject: 'mine now' } }), stranger: 410 },
  'drafts.delete': { params: () => ({ draftId }), stranger: 200 },
  'emails.get': { params: email, stranger: 404 },
  'emails.body': { params: email, stranger: 404 },
  'emails.source': { params: email, stranger: 404 },
  'emails.inline': { params: () => ({ ...email(), cid: 'x@y' }), stranger: 404 },
  'emails.attachment': { params: () => ({ ...email(), attachmentId: 'ATT00001' }), stranger: 404 },
  'emails.compose': { params: email, body: () => ({ mode: 'reply' }), stranger: 404 },
  'invitations.get': { params: email, stranger: 404 },
  'invitations.answer': { params: email, body: () => ({ response: 'accepted' }), stranger: 404 },
  'images.proxy': { query: () => ({ u: image }), stranger: 403 },
  'uploads.create': { query: () => ({ filename: 'a.txt' }), body: () => new TextEncoder().encode('x'), stranger: 200 },
  'uploads.get': { params: () => ({ uploadId }), stranger: 404 },
  'uploads.begin': { body: () => ({ id: uploadId, filename: 'a.txt', sizeBytes: 1 }), stranger: 409 },
  'uploads.state': { params: () => ({ uploadId }), stranger: 404 },
  'uploads.part': { params: () => ({ uploadId }), query: () => ({ offset: '0' }), body: () => new TextEncoder().encode('x'), stranger: 404 },
  'uploads.finish': { params: () => ({ uploadId }), stranger: 404 },
  'shares.list': { stranger: 200 },
  'shares.create': { body: () => ({ uploadId, days: 7 }), stranger: 404 },
  'shares.delete': { params: () => ({ shareId }), stranger: 404 },
  // Whoever has the link has the file; a token that nobody signed leads nowhere.
  'shares.page': { params: () => ({ token: NO_TOKEN }), stranger: 404 },
  'shares.file': { params: () => ({ token: NO_TOKEN }), stranger: 404 },
  'uploads.delete': { params: () => ({ uploadId }), stranger: 200 },
  'senders.trust': { body: () => ({ address: 'x@else.test', trusted: true }), stranger: 200 },
  'contacts.suggest': { query: () => ({ q: 's' }), stranger: 200 },
  'contacts.list': { query: () => ({ q: SECRET, groupId }), stranger: 200 },
  'contacts.create': { body: () => ({ name: 'mine', groupIds: [groupId] }), stranger: 200 },
  'contacts.others': { stranger: 200 },
  'contacts.duplicates': { stranger: 200 },
  'contacts.delete': { body: () => ({ ids: [contactId] }), stranger: 404 },
  'contacts.merge': { body: () => ({ ids: [contactId, contactId] }), stranger: 404 },
  'contacts.undo': { body: () => ({ undoId }), stranger: 410 },
  'contacts.export': { query: () => ({ groupId }), stranger: 200 },
  'contacts.import': { body: () => new TextEncoder().encode('BEGIN:VCARD\r\nFN:mine\r\nEND:VCARD\r\n'), stranger: 200 },
  'contacts.get': { params: () => ({ contactId }), stranger: 404 },
  'contacts.update': { params: () => ({ contactId }), body: () => ({ revision: 1, name: 'stolen' }), stranger: 404 },
  'contacts.photo': { params: () => ({ contactId }), stranger: 404 },
  'contactGroups.list': { stranger: 200 },
  'contactGroups.create': { body: () => ({ name: 'mine' }), stranger: 200 },
  'contactGroups.update': { params: () => ({ groupId }), body: () => ({ name: 'stolen', removeIds: [contactId] }), stranger: 404 },
  'contactGroups.delete': { params: () => ({ groupId }), stranger: 404 },
  'transfers.list': { stranger: 200 },
  'transfers.get': { params: () => ({ transferId }), stranger: 404 },
  'transfers.cancel': { params: () => ({ transferId }), stranger: 404 },
  'transfers.export': { body: () => ({ format: 'mbox', folderId: FOLDER }), stranger: 400 },
  'transfers.file': { params: () => ({ transferId }), stranger: 404 },
  'transfers.files': { body: () => ({ folderId: FOLDER }), stranger: 400 },
  'transfers.addFile': { params: () => ({ transferId }), query: () => ({ index: '0', filename: 'a.mbox' }), body: () => new TextEncoder().encode('x'), stranger: 404 },
  'transfers.begin': { params: () => ({ transferId }), stranger: 404 },
  'transfers.imapFolders': { body: () => ({ host: '127.0.0.1', port: 143, security: 'tls', user: 'x', password: 'x' }), stranger: 400 },
  'transfers.imap': { body: () => ({ server: { host: '127.0.0.1', port: 143, security: 'tls', user: 'x', password: 'x' }, folders: ['INBOX'] }), stranger: 200 },
  'templates.list': { stranger: 200 },
  'templates.create': { body: () => ({ name: 'mine', html: '' }), stranger: 200 },
  'templates.update': { params: () => ({ templateId }), body: () => ({ name: 'stolen', html: '' }), stranger: 404 },
  'templates.delete': { params: () => ({ templateId }), stranger: 404 },
  'sends.list': { stranger: 200 },
  'sends.cancel': { params: () => ({ sendId }), stranger: 404 },
  'sends.reschedule': { params: () => ({ sendId }), body: () => ({ sendAt: null }), stranger: 404 },
  'events.stream': { stranger: 200 },
  'session.secondStep': { body: () => ({ method: 'totp', token: NO_TOKEN, code: '123456' }), stranger: 410 },
  'session.passkeyOptions': { stranger: 200 },
  'session.passkey': { body: () => ({ token: NO_TOKEN, credential: credential() }), stranger: 410 },
  'session.verifyOptions': { stranger: 200 },
  'session.verify': { body: () => ({ method: 'password', password: 'x' }), stranger: 503 },
  'security.get': { stranger: 200 },
  'security.activity': { stranger: 200 },
  'twoStep.update': { body: () => ({ enabled: false }), stranger: 200 },
  'totp.create': { stranger: 200 },
  'totp.confirm': { body: () => ({ code: 'no code' }), stranger: 400 },
  'totp.delete': { stranger: 200 },
  'recoveryCodes.create': { stranger: 409 },
  'passkeys.options': { stranger: 200 },
  'passkeys.create': { body: () => ({ token: NO_TOKEN, name: 'mine', credential: credential() }), stranger: 410 },
  'passkeys.rename': { params: () => ({ passkeyId }), body: () => ({ name: 'mine' }), stranger: 404 },
  'passkeys.delete': { params: () => ({ passkeyId }), stranger: 404 },
  'password.update': { body: () => ({ current: 'long enough', next: 'long enough too' }), stranger: 503 },
  'appPasswords.list': { stranger: 503 },
  'appPasswords.create': { body: () => ({ name: 'mine', scopes: ['imap'] }), stranger: 503 },
  'appPasswords.delete': { params: () => ({ appPasswordId: 'a'.repeat(24) }), stranger: 503 },
  'filters.list': { stranger: 200 },
  'filters.create': { body: () => ({ conditions: { from: 'x' }, actions: { star: true } }), stranger: 503 },
  'filters.order': { body: () => ({ ids: [filterId] }), stranger: 200 },
  'filters.preview': { body: () => ({ conditions: { subject: SECRET } }), stranger: 200 },
  'filters.run': { body: () => ({ conditions: { subject: SECRET }, actions: { markRead: true } }), stranger: 200 },
  'filters.update': { params: () => ({ filterId }), body: () => ({ conditions: { from: 'x' }, actions: { star: true } }), stranger: 404 },
  'filters.delete': { params: () => ({ filterId }), stranger: 404 },
  'vacation.get': { stranger: 503 },
  'vacation.update': { body: () => ({ enabled: true, subject: '', text: 'away', firstDay: null, lastDay: null }), stranger: 503 },
  'forwarding.list': { stranger: 200 },
  'forwarding.create': { body: () => ({ address: 'x@else.test' }), stranger: 200 },
  'forwarding.confirm': { body: () => ({ token: NO_TOKEN }), stranger: 410 },
  'forwarding.delete': { params: () => ({ targetId }), stranger: 404 },
  'push.get': { stranger: 200 },
  'push.subscribe': { body: () => ({ endpoint: 'https://push.example/x', keys: { p256dh: pushKey, auth: 'A'.repeat(22) } }), stranger: 200 },
  'push.unsubscribe': { stranger: 200 },
  'clients.autoconfig': { query: () => ({ emailaddress: owner.address }), stranger: 404 },
  'clients.autoconfigHost': { stranger: [400, 404] },
  'clients.autodiscover': { body: () => new TextEncoder().encode('<a/>'), stranger: 200 },
  'clients.autodiscoverJson': { query: () => ({ Email: owner.address, Protocol: 'AutodiscoverV1' }), stranger: 200 },
  'clients.autodiscoverPath': { params: () => ({ email: owner.address }), query: () => ({ Protocol: 'ActiveSync' }), stranger: 400 },
  'setup.profile': { params: () => ({ token: NO_TOKEN }), stranger: 404 },
};

const names = Object.keys(ALL_PATHS) as RouteName[];
const contractOf = (name: RouteName): RouteContract => ROUTES[name];

function requestFor(name: RouteName, headers: Record<string, string>): Request {
  const probe = PROBES[name];
  const { method, path } = pathOf(name, probe.params?.() ?? {});
  const query = new URLSearchParams(probe.query?.() ?? {}).toString();
  return apiRequest(method, path + (query === '' ? '' : `?${query}`), probe.body?.(), { ...probe.headers, ...headers });
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

const closed = names.filter((name) => contractOf(name).permission !== 'public');

describe.each(closed)('%s', (name) => {
  test('without a session: 401', async () => {
    const response = await web.dispatch(requestFor(name, {}));
    expect(response.status).toBe(401);
    expect(await codeOf(response)).toBe('unauthenticated');
  });

  test('with a made-up session: 401', async () => {
    const response = await web.dispatch(requestFor(name, { cookie: `eider=${'A'.repeat(43)}`, 'x-csrf-token': owner.csrf }));
    expect(response.status).toBe(401);
  });
});

describe.each(closed.filter((name) => !ALL_PATHS[name].startsWith('GET ')))('%s', (name) => {
  test('without the CSRF token, with another session’s, or from a foreign page: 403', async () => {
    const forged: Record<string, string>[] = [
      { cookie: owner.cookie },
      { cookie: owner.cookie, 'x-csrf-token': stranger.csrf },
      { cookie: owner.cookie, 'x-csrf-token': owner.csrf, origin: 'https://evil.example' },
      { cookie: owner.cookie, 'x-csrf-token': owner.csrf, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of forged) {
      const response = await web.dispatch(requestFor(name, headers));
      expect(response.status).toBe(403);
      expect(await codeOf(response)).toBe('csrf_failed');
    }
  });
});

test.each(names.filter((name) => contractOf(name).verified))('%s: without a fresh proof of ownership: 403', async (name) => {
  const { token } = await web.services.sessions.start({ id: owner.accountId, tenantId: owner.tenantId }, { ip: '127.0.0.1', userAgent: 'test', remember: false });
  await db.pool.query(`UPDATE web_session SET verified_at = now() - interval '11 minutes' WHERE account_id = $1 AND id <> $2`, [owner.accountId, sessionId]);
  const session = await web.services.sessions.find(token);
  const response = await web.dispatch(requestFor(name, { cookie: `eider=${token}`, 'x-csrf-token': web.services.sessions.csrfToken(session!) }));
  expect(response.status).toBe(403);
  expect(await codeOf(response)).toBe('step_up_required');
});

test('what changes how an account is entered asks for such a proof', () => {
  const open = names.filter((name) => /^(totp|twoStep|recoveryCodes|passkeys|appPasswords|forwarding)\./.test(name) && !contractOf(name).verified);
  expect(open.sort()).toEqual(['appPasswords.delete', 'appPasswords.list', 'forwarding.confirm', 'forwarding.delete', 'forwarding.list', 'passkeys.rename']);
});

// Signing out comes last: it ends the stranger's session.
const inOrder = [...names.filter((name) => name !== 'session.delete'), 'session.delete'] as RouteName[];

test.each(inOrder)('%s: a stranger sees and changes nothing of the owner’s', async (name) => {
  const response = await web.dispatch(requestFor(name, { cookie: stranger.cookie, 'x-csrf-token': stranger.csrf }));
  expect([PROBES[name].stranger].flat()).toContain(response.status);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  if (contractOf(name).response === 'events') await response.body?.cancel();
  else expect(await response.text()).not.toContain(SECRET);
});

test('after the walk everything of the owner’s is as it was', async () => {
  const draft = (await (await owner.call('GET', `/api/emails/drafts/${draftId}`)).json()) as { revision: number; fields: { subject: string } };
  expect(draft).toMatchObject({ revision: 1, fields: { subject: SECRET } });
  expect(await (await owner.call('GET', `/api/uploads/${uploadId}`)).text()).toBe(SECRET);
  expect(((await (await owner.call('GET', '/api/sends')).json()) as { items: { id: string }[] }).items.map((item) => item.id)).toEqual([sendId]);
  expect(((await (await owner.call('GET', '/api/shares')).json()) as { items: { id: string }[] }).items.map((item) => item.id)).toEqual([shareId]);
  const { rows } = await db.pool.query('SELECT unread FROM mailbox_item WHERE account_id = $1', [owner.accountId]);
  expect(rows).toEqual([{ unread: true }]);
  expect((await owner.call('GET', '/api/me')).status).toBe(200);
  expect(await readFactors(db.pool, owner.accountId)).toEqual({ twoStep: true, totp: true, passkeys: 1, recoveryCodesLeft: 1 });
  expect(await listFilters(db.pool, owner.accountId)).toMatchObject([{ name: SECRET, enabled: true, conditions: { from: SECRET } }]);
  expect(await listForwarding(db.pool, owner.accountId)).toMatchObject([{ id: targetId, verified: false }]);
  expect((await listPasskeys(db.pool, owner.accountId))[0]).toMatchObject({ name: SECRET, counter: 0 });
  expect(await (await owner.call('GET', `/api/contacts/${contactId}`)).json()).toMatchObject({ revision: 1, name: SECRET });
  expect(await (await owner.call('GET', '/api/contact-groups')).json()).toEqual({ items: [{ id: groupId, name: SECRET, members: 0 }] });
  expect(await (await owner.call('GET', `/api/transfers/${transferId}`)).json()).toMatchObject({ state: 'preparing', done: 0 });
  const conversation = await owner.call('GET', `/api/conversations/${CONVERSATION}`);
  expect(await conversation.text()).toContain(SECRET);
});

// The client beside the real WildDuck: outcomes, not exceptions, for what callers expect.
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../../../mail-server/testing/mail-stack.ts';
import { createWildduckClient } from './client.ts';

let stack: MailStack;
let account: TestAccount;
let inbox: string;
let trash: string;

beforeAll(async () => {
  stack = await startMailStack();
  account = await stack.account('client');
  const mailboxes = await stack.wildduck.listMailboxes(account.userId);
  inbox = mailboxes.find((mailbox) => mailbox.path === 'INBOX')!.id;
  trash = mailboxes.find((mailbox) => mailbox.specialUse === '\\Trash')!.id;
});
afterAll(() => stack?.stop());

const RAW = Buffer.from(
  'From: Bob <bob@example.com>\r\nTo: client@eider.test\r\nSubject: Hello\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n' +
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBody\r\n' +
  '--b\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment; filename="a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\nMSwy\r\n--b--\r\n',
);

describe('signing in', () => {
  test('right, wrong, unknown, malformed', async () => {
    const authenticate = (username: string, password: string) => stack.wildduck.authenticate({ username, password, scope: 'master' });
    expect(await authenticate(account.address, account.password)).toMatchObject({ kind: 'authenticated', userId: account.userId, secondFactors: [] });
    for (const name of [account.address, 'nobody@eider.test', '<>', '']) {
      expect(await authenticate(name, 'not this one'), name).toMatchObject({ kind: 'denied', reason: 'credentials' });
    }
  });

  test('an app password serves its scope only, until it is taken back', async () => {
    const made = await stack.wildduck.createAppPassword(account.userId, { description: 'test', scopes: ['imap'] });
    const authenticate = (scope: 'imap' | 'smtp' | 'master') => stack.wildduck.authenticate({ username: account.address, password: made.password, scope });
    expect(await authenticate('imap')).toMatchObject({ kind: 'authenticated' });
    expect(await authenticate('smtp')).toMatchObject({ kind: 'denied' });
    expect(await authenticate('master')).toMatchObject({ kind: 'denied' });
    await stack.wildduck.deleteAppPassword(account.userId, made.id);
    await stack.wildduck.deleteAppPassword(account.userId, made.id);
    expect(await authenticate('imap')).toMatchObject({ kind: 'denied' });
  });

  test('a wrong access token is an error, not a wrong password', async () => {
    const stranger = createWildduckClient({ baseUrl: stack.env['WILDDUCK_API_URL']!, accessToken: 'wrong' });
    await expect(stranger.authenticate({ username: account.address, password: account.password, scope: 'master' })).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('accounts and addresses', () => {
  test('a taken name or address is told, an unknown one is null', async () => {
    const input = { username: account.address, password: 'long-password-1', address: account.address };
    expect(await stack.wildduck.createUser(input)).toMatchObject({ kind: 'exists' });
    expect(await stack.wildduck.getUser('0'.repeat(24))).toBeNull();
    expect(await stack.wildduck.resolveUsername('nobody')).toBeNull();
    expect(await stack.wildduck.getUser(account.userId)).toMatchObject({ address: account.address, disabled: false });
  });

  test.each([
    ['client@eider.test', true], ['CLIENT+label@eider.test', true], ['nobody@eider.test', false], ['client@elsewhere.test', false],
    ['client', false], ['@', false], ['a@b@c', false], ['"a b"@eider.test', false], ['', false],
  ])('%s belongs to somebody: %s', async (address, known) => {
    const resolved = await stack.wildduck.resolveAddress(address);
    expect(resolved).toEqual(known ? expect.objectContaining({ kind: 'user', userId: account.userId }) : null);
  });

  test('aliases and catch-alls', async () => {
    expect(await stack.wildduck.createAddress(account.userId, { address: 'alias@eider.test' })).toBe(true);
    expect(await stack.wildduck.createAddress(account.userId, { address: 'alias@eider.test' })).toBe(false);
    expect(await stack.wildduck.createAddress(account.userId, { address: '*@caught.test', allowWildcard: true })).toBe(true);
    expect(await stack.wildduck.resolveAddress('whoever@caught.test')).toMatchObject({ kind: 'user', userId: account.userId });
    expect((await stack.wildduck.listAddresses(account.userId)).map((entry) => entry.address)).toContain('alias@eider.test');
  });
});

describe('messages', () => {
  test('stored, read, changed, moved and deleted', async () => {
    const target = { userId: account.userId, mailboxId: inbox };
    const { uid, sizeBytes } = await stack.wildduck.uploadRaw(target, RAW, { unseen: true, metaData: { from: 'test' } });
    expect(sizeBytes).toBe(RAW.length);
    const place = { ...target, uid };
    expect(await stack.wildduck.getMessage(place)).toMatchObject({
      subject: 'Hello', seen: false, from: { name: 'Bob', address: 'bob@example.com' }, metaData: { from: 'test' }, text: 'Body',
      attachments: [{ filename: 'a.csv', contentType: 'text/csv' }],
    });
    expect(await text((await stack.wildduck.getSource(place))!)).toBe(RAW.toString());
    expect(await text((await stack.wildduck.getAttachment(place, 'ATT00001'))!.stream)).toBe('1,2');
    expect(await stack.wildduck.getAttachment(place, 'ATT00009')).toBeNull();
    expect(await stack.wildduck.updateMessages(target, [uid, 999], { seen: true, flagged: true })).toEqual({ updated: 1, moved: [] });
    expect(await stack.wildduck.getMessage(place)).toMatchObject({ seen: true, flagged: true });
    const { moved } = await stack.wildduck.updateMessages(target, [uid], { moveTo: trash });
    expect(moved).toEqual([{ from: uid, to: 1 }]);
    expect(await stack.wildduck.getMessage(place)).toBeNull();
    expect(await stack.wildduck.getSource(place)).toBeNull();
    expect(await stack.wildduck.updateMessages(target, [uid], { seen: true })).toEqual({ updated: 0, moved: [] });
    const inTrash = { userId: account.userId, mailboxId: trash, uid: 1 };
    expect(await stack.wildduck.deleteMessage(inTrash)).toBe(true);
    expect(await stack.wildduck.deleteMessage(inTrash)).toBe(false);
  });

  test('a draft replaces the one before', async () => {
    const drafts = (await stack.wildduck.listMailboxes(account.userId)).find((mailbox) => mailbox.specialUse === '\\Drafts')!.id;
    const target = { userId: account.userId, mailboxId: drafts };
    const first = await stack.wildduck.uploadDraft(target, { subject: 'One', text: 'x', to: [{ address: 'bob@example.com' }] });
    const second = await stack.wildduck.uploadRaw(target, RAW, { draft: true, replacePrevious: { mailboxId: drafts, uid: first.uid } });
    expect(second.previousDeleted).toBe(true);
    expect(await stack.wildduck.getMessage({ ...target, uid: first.uid })).toBeNull();
    expect(await stack.wildduck.getMessage({ ...target, uid: second.uid })).toMatchObject({ draft: true });
  });
});

test('mailboxes: made, taken, renamed, refused, deleted', async () => {
  const { wildduck } = stack;
  const made = await wildduck.createMailbox(account.userId, 'Projects/One');
  expect(made).toMatchObject({ kind: 'done' });
  const id = made.kind === 'done' ? made.mailboxId : '';
  expect(await wildduck.createMailbox(account.userId, 'Projects/One')).toEqual({ kind: 'exists' });
  expect(await wildduck.updateMailbox(account.userId, id, { path: 'Projects/Two' })).toMatchObject({ kind: 'done' });
  expect(await wildduck.deleteMailbox(account.userId, inbox)).toMatchObject({ kind: 'refused' });
  expect(await wildduck.deleteMailbox(account.userId, id)).toMatchObject({ kind: 'done' });
  await expect(wildduck.deleteMailbox(account.userId, id)).rejects.toMatchObject({ code: 'not-found' });
});

test('nobody there is told as such', async () => {
  const lost = createWildduckClient({ baseUrl: 'http://127.0.0.1:1', accessToken: 'x' });
  await expect(lost.getUser(account.userId)).rejects.toMatchObject({ code: 'unavailable' });
});

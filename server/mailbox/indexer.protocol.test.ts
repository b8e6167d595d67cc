// The indexer beside the real mail store: what IMAP clients, the REST API and incoming mail do must stand in the
// index moments later, whatever is killed, missed or done twice.
import { ImapFlow } from 'imapflow';
import { MongoClient, ObjectId } from 'mongodb';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../../mail-server/testing/mail-stack.ts';
import { withImap } from '../../mail-server/testing/read-mailbox.ts';
import { systemClock, type Clock } from '../infra/clock/clock.ts';
import { logger } from '../infra/log/logger.ts';
import { listenForChanges, type ChangeSignal } from '../infra/wildduck/change-signal.ts';
import { openWildduckStore, type WildduckStore } from '../infra/wildduck/store.ts';
import { CHANGE_CHANNEL } from './account.store.ts';
import { applyMove } from './apply.ts';
import { labelsOf } from './content.ts';
import { getMessageRow } from './conversation.store.ts';
import { listFolders } from './folder.store.ts';
import { Indexer } from './indexer.ts';
import { listConversations } from './list.store.ts';
import { rebuildIndex } from './rebuild.ts';
import { searchConversations } from './search.store.ts';
import { recompute, stored, violations } from './testing/recompute.ts';

const log = logger('indexer-test');
log.level = 'silent';

let stack: MailStack;
let mongo: MongoClient;
let store: WildduckStore;
let notices: pg.Client;
const running: { indexer: Indexer; signal: ChangeSignal | undefined }[] = [];
let accounts = 0;

beforeAll(async () => {
  stack = await startMailStack();
  mongo = await new MongoClient(stack.env['MONGO_URL']!, { maxPoolSize: 2 }).connect();
  store = await openWildduckStore(stack.env['MONGO_URL']!);
  notices = new pg.Client({ connectionString: stack.database.url });
  await notices.connect();
  await notices.query(`LISTEN ${CHANGE_CHANNEL}`);
});

afterAll(async () => {
  await notices?.end();
  await store?.close();
  await mongo?.close();
  await stack?.stop();
});

afterEach(async () => {
  for (const one of running.splice(0)) await stop(one);
});

async function stop({ indexer, signal }: (typeof running)[number]): Promise<void> {
  await signal?.close();
  await indexer.stop();
}

/** @param announced whether it hears WildDuck's announcements, or finds out by looking */
function startIndexer(announced = true, clock: Clock = systemClock): (typeof running)[number] {
  const indexer = new Indexer({ pool: stack.database.pool, store, clock, log });
  const signal = announced ? listenForChanges(stack.env['REDIS_URL']!, (userId) => indexer.userChanged(userId), () => undefined) : undefined;
  indexer.start();
  running.push({ indexer, signal });
  return running.at(-1)!;
}

interface User extends TestAccount {
  accountId: string;
  folders(): Promise<Record<string, string>>;
  imap(): Promise<ImapFlow>;
}

async function newUser(): Promise<User> {
  const account = await stack.account(`user${++accounts}`);
  const { rows } = await stack.database.pool.query<{ id: string }>('SELECT id FROM account WHERE wildduck_user_id = $1', [account.userId]);
  return {
    ...account,
    accountId: rows[0]!.id,
    folders: async () => Object.fromEntries((await store.listMailboxes(account.userId)).map((mailbox) => [mailbox.path, mailbox.id])),
    imap: async () => {
      const client = new ImapFlow({
        host: '127.0.0.1', port: stack.ports.imaps, secure: true, tls: { rejectUnauthorized: false }, logger: false, disableAutoIdle: true,
        auth: { user: account.address, pass: account.password },
      });
      await client.connect();
      return client;
    },
  };
}

const raw = (id: string, subject: string, text = 'Some text', header = '') =>
  Buffer.from(`From: Bob <bob@example.com>\r\nTo: someone@eider.test\r\nSubject: ${subject}\r\nMessage-ID: <${id}@x>\r\n${header}\r\n${text}\r\n`);

/** What the store holds, and what the index says of it. */
async function pictures(user: User): Promise<{ inStore: string[]; inIndex: string[] }> {
  const mailboxes = await store.listMailboxes(user.userId);
  const documents = await mongo.db().collection('messages')
    .find({ mailbox: { $in: mailboxes.map((mailbox) => new ObjectId(mailbox.id)) } }).project({ mailbox: 1, uid: 1, flags: 1, subject: 1 }).toArray();
  const line = (folder: string, uid: number, unread: boolean, starred: boolean, deleted: boolean, labels: string[], subject: string) =>
    `${folder} ${uid} ${unread ? 'unread ' : ''}${starred ? 'starred ' : ''}${deleted ? 'deleted ' : ''}[${labels.join()}] ${subject}`;
  const { rows } = await stack.database.pool.query<{
    path: string; uid: number | null; unread: boolean; starred: boolean; deleted: boolean; labels: string[]; subject: string;
  }>(
    `SELECT f.path, i.uid, i.unread, i.starred, i.deleted, i.labels, m.subject FROM mailbox_folder f
     LEFT JOIN mailbox_item i USING (account_id, folder_id) LEFT JOIN mailbox_message m USING (account_id, message_key)
     WHERE f.account_id = $1 AND f.kind = 'folder'`, [user.accountId]);
  const pathOf = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox.path]));
  return {
    inStore: [
      ...mailboxes.map((mailbox) => mailbox.path),
      ...documents.map((row) => {
        const flags = row['flags'] as string[];
        return line(pathOf.get(String(row['mailbox']))!, row['uid'] as number, !flags.includes('\\Seen'), flags.includes('\\Flagged'), flags.includes('\\Deleted'), labelsOf(flags), String(row['subject']));
      }),
    ].sort(),
    inIndex: [
      ...new Set(rows.map((row) => row.path)),
      ...rows.flatMap((row) => (row.uid === null ? [] : line(row.path, row.uid, row.unread, row.starred, row.deleted, row.labels, row.subject))),
    ].sort(),
  };
}

/** Waits until the index agrees with the store, looking again with each notice of change, and checks all of it. */
async function expectInStep(user: User): Promise<void> {
  const deadline = Date.now() + 25_000;
  for (;;) {
    const noticed = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000);
      notices.once('notification', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    const { inStore, inIndex } = await pictures(user);
    if (JSON.stringify(inStore) === JSON.stringify(inIndex)) break;
    if (Date.now() > deadline) expect(inIndex).toEqual(inStore);
    await noticed;
  }
  expect(await violations(stack.database.pool, user.accountId)).toEqual([]);
  expect(await stored(stack.database.pool, user.accountId)).toEqual(await recompute(stack.database.pool, user.accountId));
}

describe('what IMAP clients do', () => {
  test('flags, keywords, copies, moves, deletions and folders', async () => {
    const user = await newUser();
    startIndexer();
    const imap = await user.imap();
    for (let number = 1; number <= 6; number++) await imap.append('INBOX', raw(`m${number}`, number % 2 ? 'Odd' : 'Re: Even'), number % 3 ? [] : ['\\Seen']);
    await expectInStep(user);
    let lock = await imap.getMailboxLock('INBOX');
    await imap.messageFlagsAdd('1:2', ['\\Seen', '\\Flagged', 'Work'], { uid: true });
    await imap.messageFlagsSet('3', ['\\Deleted'], { uid: true });
    await expectInStep(user);
    await imap.messageFlagsRemove('1', ['\\Flagged', 'Work'], { uid: true });
    await imap.messageCopy('4', 'Sent Mail', { uid: true });
    await imap.messageMove('5:6', 'Trash', { uid: true });
    await imap.messageDelete('3', { uid: true });
    lock.release();
    await expectInStep(user);
    await imap.mailboxCreate('Projects/Eider');
    await expectInStep(user);
    lock = await imap.getMailboxLock('Trash');
    await imap.messageMove('1', 'Projects/Eider', { uid: true });
    lock.release();
    await imap.mailboxRename('Projects/Eider', 'Projects/Duck');
    await expectInStep(user);
    expect((await listFolders(stack.database.pool, user.accountId)).find((folder) => folder.path === 'Projects/Duck')).toMatchObject({ messages: 1 });
    await imap.mailboxDelete('Projects/Duck');
    await expectInStep(user);
    await imap.logout();
  });

  test('labels set by the server itself', async () => {
    const user = await newUser();
    startIndexer();
    const { INBOX } = await user.folders();
    const { uid } = await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, raw('l1', 'Label me'));
    const byMailProgram = (work: (client: ImapFlow) => Promise<unknown>) =>
      withImap(stack, user, async (client) => {
        const lock = await client.getMailboxLock('INBOX');
        await work(client).finally(() => lock.release());
      });
    await byMailProgram((client) => client.messageFlagsAdd(`${uid},99`, ['Travel', '$label1'], { uid: true }));
    await expectInStep(user);
    const labelled = () => listConversations(stack.database.pool, { accountId: user.accountId, folderId: 'label:Travel', limit: 5 });
    expect((await labelled()).rows).toMatchObject([{ labels: ['$label1', 'Travel'] }]);
    await byMailProgram((client) => client.messageFlagsRemove(String(uid), ['Travel'], { uid: true }));
    await expectInStep(user);
    expect((await labelled()).rows).toEqual([]);
  });
});

test('8-bit headers that are no UTF-8 are shown as they were meant', async () => {
  const user = await newUser();
  startIndexer();
  const { INBOX } = await user.folders();
  const message = Buffer.from('From: J\xfcrgen <j@example.com>\r\nSubject: Gr\xfc\xdfe\r\nMessage-ID: <8@x>\r\n\r\nText\r\n', 'latin1');
  const { uid } = await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, message);
  await expect.poll(() => getMessageRow(stack.database.pool, user.accountId, { folderId: INBOX!, uid }), { timeout: 20_000 }).toMatchObject({
    subject: 'Grüße', from: { name: 'Jürgen', address: 'j@example.com' },
  });
});

describe('without being told', () => {
  test('changes are found by looking', async () => {
    const user = await newUser();
    startIndexer(false);
    await expectInStep(user);
    const { INBOX } = await user.folders();
    await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, raw('p1', 'Quiet'));
    await expectInStep(user);
  });

  test('what happened while no indexer ran is caught up', async () => {
    const user = await newUser();
    const first = startIndexer();
    const { INBOX, Trash } = await user.folders();
    const target = { userId: user.userId, mailboxId: INBOX! };
    const uids = [];
    for (let number = 0; number < 5; number++) uids.push((await stack.wildduck.uploadRaw(target, raw(`c${number}`, `Catch ${number}`))).uid);
    await expectInStep(user);
    await stop(running.splice(running.indexOf(first), 1)[0]!);
    await stack.wildduck.updateMessages(target, [uids[0]!], { seen: true });
    await stack.wildduck.updateMessages(target, [uids[1]!, uids[2]!], { moveTo: Trash! });
    await stack.wildduck.deleteMessage({ ...target, uid: uids[3]! });
    await stack.wildduck.uploadRaw(target, raw('c9', 'Catch 9'));
    // An hour later, so that what happened is not among the latest entries.
    const later: Clock = { now: () => new Date(Date.now() + 3_600_000) };
    startIndexer(false, later);
    await expectInStep(user);
  });

  test('a gap that the journal cannot fill is healed by comparison', async () => {
    const user = await newUser();
    const first = startIndexer();
    const { INBOX, Trash } = await user.folders();
    const target = { userId: user.userId, mailboxId: INBOX! };
    const uids = [];
    for (let number = 0; number < 4; number++) uids.push((await stack.wildduck.uploadRaw(target, raw(`g${number}`, `Gap ${number}`))).uid);
    await expectInStep(user);
    await stop(running.splice(running.indexOf(first), 1)[0]!);
    await stack.wildduck.updateMessages(target, [uids[0]!], { flagged: true });
    await stack.wildduck.updateMessages(target, [uids[1]!], { moveTo: Trash! });
    await stack.wildduck.deleteMessage({ ...target, uid: uids[2]! });
    await stack.wildduck.uploadRaw(target, raw('g9', 'Gap 9'));
    // As after a weekend: the journal's entries have expired, and the position is old.
    await mongo.db().collection('journal').deleteMany({ user: new ObjectId(user.userId) });
    await stack.database.pool.query(`UPDATE mailbox_account SET followed_at = now() - interval '2 days' WHERE account_id = $1`, [user.accountId]);
    await stack.database.pool.query(`UPDATE mailbox_poll SET polled_at = now() - interval '1 day'`);
    startIndexer(false);
    await expectInStep(user);
  });

  test('an account in which nothing happened for days is not compared when something does', async () => {
    const user = await newUser();
    startIndexer();
    const { INBOX } = await user.folders();
    await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, raw('d1', 'Before'));
    await expectInStep(user);
    const { rows } = await stack.database.pool.query<{ compared_at: Date }>(
      `UPDATE mailbox_account SET followed_at = now() - interval '2 days' WHERE account_id = $1 RETURNING compared_at`, [user.accountId]);
    await stack.database.pool.query(`UPDATE mailbox_poll SET gapless_since = now() - interval '9 days'`);
    // One that begins now learns of the polls of others.
    for (const one of running.splice(0)) await stop(one);
    startIndexer();
    await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, raw('d2', 'After'));
    await expectInStep(user);
    const after = await stack.database.pool.query<{ compared_at: Date }>('SELECT compared_at FROM mailbox_account WHERE account_id = $1', [user.accountId]);
    expect(after.rows).toEqual(rows);
  });

  test('a mailbox begun anew under another UIDVALIDITY is read anew', async () => {
    const user = await newUser();
    startIndexer();
    const { INBOX } = await user.folders();
    await stack.wildduck.uploadRaw({ userId: user.userId, mailboxId: INBOX! }, raw('v1', 'Old order'));
    await expectInStep(user);
    await mongo.db().collection('messages').updateMany({ mailbox: new ObjectId(INBOX!) }, { $set: { uid: 500 } });
    await mongo.db().collection('mailboxes').updateOne({ _id: new ObjectId(INBOX!) }, { $inc: { uidValidity: 1 }, $set: { uidNext: 501 } });
    await stack.database.pool.query('UPDATE mailbox_account SET compared_at = NULL WHERE account_id = $1', [user.accountId]);
    await expectInStep(user);
  });
});

describe('several at once', () => {
  test('two indexers and the web, and one indexer goes away in the middle', async () => {
    const user = await newUser();
    const first = startIndexer();
    startIndexer();
    const folders = await user.folders();
    const target = { userId: user.userId, mailboxId: folders['INBOX']! };
    const uids: number[] = [];
    for (let number = 0; number < 30; number++) {
      uids.push((await stack.wildduck.uploadRaw(target, raw(`s${number}`, `Thread ${number % 4}`, 'x', number > 3 ? `References: <s${number % 4}@x>\r\n` : ''))).uid);
      if (number === 15) await stop(running.splice(running.indexOf(first), 1)[0]!);
      if (number % 5 !== 4) continue;
      const { moved } = await stack.wildduck.updateMessages(target, [uids.at(-1)!, uids.at(-2)!], { moveTo: folders['Junk']! });
      await applyMove(stack.database.pool, { accountId: user.accountId, folderId: target.mailboxId, targetFolderId: folders['Junk']!, moved });
      await stack.wildduck.updateMessages(target, [uids.at(-3)!], { seen: true });
    }
    await expectInStep(user);
  });

  test('a row that the web made and the store no longer has is taken back', async () => {
    const user = await newUser();
    startIndexer();
    const folders = await user.folders();
    const target = { userId: user.userId, mailboxId: folders['INBOX']! };
    const { uid } = await stack.wildduck.uploadRaw(target, raw('w1', 'Late news'));
    await expectInStep(user);
    // The web's report of a move arrives after the message was moved on and deleted by others.
    await applyMove(stack.database.pool, { accountId: user.accountId, folderId: target.mailboxId, targetFolderId: folders['Trash']!, moved: [{ from: uid, to: 77 }] });
    await stack.wildduck.deleteMessage({ ...target, uid });
    await expectInStep(user);
  });
});

test('rebuilding from nothing gives the same conversations, while an indexer runs', async () => {
  const user = await newUser();
  startIndexer();
  const { INBOX, Archive, ...others } = await user.folders();
  const target = { userId: user.userId, mailboxId: INBOX! };
  for (let number = 0; number < 12; number++) {
    await stack.wildduck.uploadRaw(number % 3 ? target : { ...target, mailboxId: Archive ?? others['Sent Mail']! },
      raw(`r${number}`, `Rebuild ${number % 3}`, `needle${number}`, number > 2 ? `In-Reply-To: <r${number - 3}@x>\r\n` : ''));
  }
  await expectInStep(user);
  const before = await stored(stack.database.pool, user.accountId);
  const progress: number[] = [];
  const outcome = await rebuildIndex({ pool: stack.database.pool, store }, user.accountId, ({ done }) => progress.push(done));
  expect(outcome).toMatchObject({ kind: 'rebuilt', done: 12, total: 12 });
  expect(progress.at(-1)).toBe(12);
  expect(await stored(stack.database.pool, user.accountId)).toEqual(before);
  await expectInStep(user);
  expect((await searchConversations(stack.database.pool, { accountId: user.accountId, query: 'needle11 ', limit: 5 })).rows).toHaveLength(1);
  expect(await rebuildIndex({ pool: stack.database.pool, store }, '00000000-0000-0000-0000-000000000000')).toEqual({ kind: 'unknown-account' });
});

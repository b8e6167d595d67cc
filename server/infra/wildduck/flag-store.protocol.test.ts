// Flags and labels written beside WildDuck's IMAP: what its clients, its REST API and its journal then say.
import type { ImapFlow } from 'imapflow';
import { ImapFlow as Client } from 'imapflow';
import { Redis } from 'ioredis';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../../../mail-server/testing/mail-stack.ts';
import { openFlagStore, type FlagStore } from './flag-store.ts';
import { firstIdAt, openWildduckStore, type WildduckStore } from './store.ts';

let stack: MailStack;
let redis: Redis;
let flags: FlagStore;
let store: WildduckStore;
let account: TestAccount;
let inbox: string;
let imap: ImapFlow;
let mongo: MongoClient;
let messages: Collection;
let journal: Collection;

beforeAll(async () => {
  stack = await startMailStack();
  redis = new Redis(stack.env['REDIS_URL']!);
  flags = openFlagStore(stack.env['MONGO_URL']!, redis);
  store = await openWildduckStore(stack.env['MONGO_URL']!);
  mongo = await new MongoClient(stack.env['MONGO_URL']!).connect();
  messages = mongo.db().collection('messages');
  journal = mongo.db().collection('journal');
  account = await stack.account('flags');
  inbox = (await stack.wildduck.listMailboxes(account.userId)).find((mailbox) => mailbox.path === 'INBOX')!.id;
  for (let n = 1; n <= 6; n++) {
    await stack.wildduck.uploadRaw({ userId: account.userId, mailboxId: inbox }, Buffer.from(`From: a@b.example\r\nSubject: ${n}\r\nMessage-ID: <${n}@x>\r\n\r\nText.\r\n`), { unseen: true });
  }
  imap = new Client({
    host: '127.0.0.1', port: stack.ports.imaps, secure: true, tls: { rejectUnauthorized: false }, logger: false,
    auth: { user: account.address, pass: account.password },
  });
  await imap.connect();
});
afterAll(async () => {
  await imap?.logout();
  await flags?.close();
  await store?.close();
  await mongo?.close();
  redis?.disconnect();
  await stack?.stop();
});

const place = () => ({ userId: account.userId, mailboxId: inbox });

async function inImap(uid: number): Promise<string[]> {
  const lock = await imap.getMailboxLock('INBOX');
  try {
    const found = await imap.fetchOne(String(uid), { flags: true }, { uid: true });
    return found ? [...(found.flags ?? [])].sort() : [];
  } finally {
    lock.release();
  }
}

describe('flags beside IMAP', () => {
  test('a client that waits hears of a label, and sees it', async () => {
    await inImap(1);
    const heard = new Promise<string[]>((resolve) => imap.on('flags', (event: { flags?: Set<string> }) => resolve([...(event.flags ?? [])])));
    // The library would begin to wait only after fifteen seconds of quiet.
    void imap.idle();
    const before = new Date(Date.now() - 1000);
    expect(await flags.changeFlags(place(), [1, 2, 99], { add: ['$label1', 'r&-d'] })).toEqual([
      { uid: 1, added: ['$label1', 'r&-d'], removed: [] },
      { uid: 2, added: ['$label1', 'r&-d'], removed: [] },
    ]);
    expect(await heard).toEqual(expect.arrayContaining(['$label1', 'r&-d']));
    expect(await inImap(1)).toEqual(['$label1', 'r&-d']);
    const read = await store.readJournal(account.userId, firstIdAt(before).toHexString(), 100);
    expect(read.filter((entry) => entry.command === 'FETCH').map((entry) => entry.uid)).toEqual(expect.arrayContaining([1, 2]));
    const modseqs = new Map((await store.readStates(inbox, [1, 6])).map((state) => [state.uid, state.modseq]));
    expect(modseqs.get(1)).toBeGreaterThan(modseqs.get(6)!);
    const mailbox = (await store.listMailboxes(account.userId)).find((each) => each.id === inbox)!;
    expect(mailbox.modifyIndex).toBe(modseqs.get(1));
  });

  test('repeating changes nothing, another letter case is the same label, and taking it off finds both', async () => {
    const lock = await imap.getMailboxLock('INBOX');
    await imap.messageFlagsAdd('3', ['Travel'], { uid: true });
    lock.release();
    expect(await flags.changeFlags(place(), [3], { add: ['travel'] })).toEqual([]);
    expect(await inImap(3)).toEqual(['Travel']);
    expect(await flags.changeFlags(place(), [3, 4], { remove: ['travel'], add: ['work'] })).toEqual([
      { uid: 3, added: ['work'], removed: ['travel'] },
      { uid: 4, added: ['work'], removed: [] },
    ]);
    expect(await inImap(3)).toEqual(['work']);
  });

  test('read and starred mean the same to the REST API, to a search and to the next client', async () => {
    await flags.changeFlags(place(), [5], { add: ['\\Seen', '\\Flagged'] });
    expect(await stack.wildduck.getMessage({ ...place(), uid: 5 })).toMatchObject({ seen: true, flagged: true });
    await flags.changeFlags(place(), [5], { remove: ['\\Seen'] });
    expect(await stack.wildduck.getMessage({ ...place(), uid: 5 })).toMatchObject({ seen: false, flagged: true });
    const lock = await imap.getMailboxLock('INBOX');
    try {
      expect(await imap.search({ flagged: true }, { uid: true })).toEqual([5]);
      expect(await imap.search({ seen: true }, { uid: true })).toEqual([]);
      expect(await imap.status('INBOX', { unseen: true })).toMatchObject({ unseen: 6 });
    } finally {
      lock.release();
    }
  });

  test('a mailbox lists the keywords that were first used here', async () => {
    await imap.mailboxClose();
    const opened = await imap.mailboxOpen('INBOX');
    expect([...(opened.flags ?? [])]).toEqual(expect.arrayContaining(['$label1', 'r&-d', 'work']));
  });

  test('many at once: what is different of each is kept, one sequence for all, one entry for each', async () => {
    await flags.changeFlags(place(), [2], { add: ['old'] });
    await flags.changeFlags(place(), [3], { add: ['\\Flagged'] });
    const changed = await flags.changeFlags(place(), [1, 2, 3, 4, 6], { add: ['many', '\\Flagged'], remove: ['old'] });
    expect(changed.map(({ uid, added, removed }) => [uid, added, removed])).toEqual([
      [1, ['many', '\\Flagged'], []], [2, ['many', '\\Flagged'], ['old']], [3, ['many'], []], [4, ['many', '\\Flagged'], []], [6, ['many', '\\Flagged'], []],
    ]);
    expect(await inImap(2)).toEqual(expect.arrayContaining(['many', '\\Flagged']));
    expect(await inImap(2)).not.toContain('old');
    expect(await inImap(5)).not.toContain('many');
    const states = await store.readStates(inbox, [1, 2, 3, 4, 6]);
    expect(new Set(states.map((state) => state.modseq)).size).toBe(1);
    // By number, not by place: entries of one second stand in the order of the processes that wrote them.
    const entries = await journal.find({ mailbox: new ObjectId(inbox), modseq: states[0]!.modseq }).sort({ _id: 1 }).toArray();
    expect(entries.map((entry) => [entry['command'], entry['uid']])).toEqual([1, 2, 3, 4, 6].map((uid) => ['FETCH', uid]));
  });

  test('after a death between the write and the journal, the repetition announces what is as wanted', async () => {
    await messages.updateOne({ mailbox: new ObjectId(inbox), uid: 4 }, { $addToSet: { flags: 'half' } });
    await inImap(4);
    const heard = new Promise<string[]>((resolve) => imap.on('flags', (event: { uid?: number; flags?: Set<string> }) => {
      if (event.flags?.has('half')) resolve([...event.flags]);
    }));
    void imap.idle();
    expect(await flags.changeFlags(place(), [4], { add: ['half'] })).toEqual([]);
    expect(await flags.changeFlags(place(), [4], { add: ['half'] }, { again: true })).toEqual([]);
    expect(await heard).toContain('half');
  });

  test('another account’s mailbox is not there', async () => {
    const other = await stack.account('stranger');
    await expect(flags.changeFlags({ userId: other.userId, mailboxId: inbox }, [1], { add: ['x'] })).rejects.toMatchObject({ code: 'not-found' });
    expect(await inImap(1)).not.toContain('x');
  });
});

// WildDuck's collections, read only: what the mailbox index is fed from. Never writes, and knows no SQL.
import { MongoClient, ObjectId, type Collection, type Document } from 'mongodb';
import { isDamaged } from './mend-header.ts';
import { uidFilters } from './uid-filters.ts';
import { CONTENT_PROJECTION, receivedAt, toStoredMessage, type StoredMessage } from './stored-message.ts';

export type { StoredMessage };

/** A message is read whole; with its HTML it can weigh a megabyte. Small batches bound the memory. */
const WHOLE_MESSAGES = 100;
/** Of messages whose state alone is read. */
const STATES = 1000;

export interface StoredMailbox {
  id: string;
  path: string;
  specialUse: string | null;
  subscribed: boolean;
  hidden: boolean;
  uidValidity: number;
  /** Grows with every change in the mailbox. */
  modifyIndex: number;
  /** The next message that comes has at least this UID. */
  uidNext: number;
}

/** What changes about a message within its mailbox. */
export interface StoredState {
  uid: number;
  messageKey: string;
  modseq: number;
  flags: string[];
  receivedAt: Date;
}

export interface JournalEntry {
  id: string;
  mailboxId: string | null;
  /** `EXISTS` a message came, `FETCH` flags changed, `EXPUNGE` it went; others concern the mailbox itself. */
  command: string;
  uid: number | null;
  createdAt: Date;
}

export interface WildduckStore {
  /** All mailboxes of an account. */
  listMailboxes(userId: string): Promise<StoredMailbox[]>;
  /**
   * Journal entries of an account with an id after `afterId`, oldest first. Ids are made by several processes:
   * an entry can appear with an id slightly below one already seen, so callers read with an overlap.
   */
  readJournal(userId: string, afterId: string, limit: number): Promise<JournalEntry[]>;
  /** Accounts that have journal entries made since `since`, with each one's newest entry. */
  changedAccounts(since: Date): Promise<{ userId: string; newestId: string }[]>;
  /** States of messages by UID; those that are gone are missing. */
  readStates(mailboxId: string, uids: readonly number[]): Promise<StoredState[]>;
  /** When each of a mailbox's messages arrived, in order of UID, above `afterUid`, `limit` at most. */
  scanArrivals(mailboxId: string, afterUid: number, limit: number): Promise<{ uid: number; receivedAt: Date }[]>;
  /** UID and modification sequence of a mailbox's messages, in order of UID, above `afterUid`, `limit` at most. */
  scanSequences(mailboxId: string, afterUid: number, limit: number): Promise<{ uid: number; modseq: number }[]>;
  /** Full messages by UID, in batches, in no particular order. */
  readMessages(mailboxId: string, uids: readonly number[]): AsyncGenerator<StoredMessage[]>;
  close(): Promise<void>;
}

interface StoreOptions {
  maxConnections?: number;
  /** How long a server is looked for (10,000). */
  timeoutMs?: number;
}

/** Opens the store. @param url MONGO_URL with the database in its path */
export async function openWildduckStore(url: string, options: StoreOptions = {}): Promise<WildduckStore> {
  const store = wildduckStore(url, options);
  await store.connect();
  return store;
}

/** The store, connected to when first asked. */
export function wildduckStore(url: string, options: StoreOptions = {}): WildduckStore & { connect(): Promise<void> } {
  const client = new MongoClient(url, {
    maxPoolSize: options.maxConnections ?? 4,
    appName: 'eider-index',
    serverSelectionTimeoutMS: options.timeoutMs ?? 10_000,
    socketTimeoutMS: 120_000,
    // The index must never show what a failover could take back.
    readPreference: 'primary',
  });
  const database = client.db();
  return new MongoStore(client, database.collection('mailboxes'), database.collection('messages'), database.collection('journal'));
}

class MongoStore implements WildduckStore {
  readonly #client: MongoClient;
  readonly #mailboxes: Collection;
  readonly #messages: Collection;
  readonly #journal: Collection;

  constructor(client: MongoClient, mailboxes: Collection, messages: Collection, journal: Collection) {
    this.#client = client;
    this.#mailboxes = mailboxes;
    this.#messages = messages;
    this.#journal = journal;
  }

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  async listMailboxes(userId: string): Promise<StoredMailbox[]> {
    const rows = await this.#mailboxes.find({ user: new ObjectId(userId) }).toArray();
    return rows.map((row) => ({
      id: String(row['_id']),
      path: String(row['path']),
      specialUse: row['path'] === 'INBOX' ? '\\Inbox' : row['specialUse'] ? String(row['specialUse']) : null,
      subscribed: row['subscribed'] !== false,
      hidden: row['hidden'] === true,
      uidValidity: Number(row['uidValidity'] ?? 0),
      modifyIndex: Number(row['modifyIndex'] ?? 0),
      uidNext: Number(row['uidNext'] ?? 1),
    }));
  }

  async readJournal(userId: string, afterId: string, limit: number): Promise<JournalEntry[]> {
    const rows = await this.#journal
      .find({ user: new ObjectId(userId), _id: { $gt: new ObjectId(afterId) } })
      .project({ mailbox: 1, command: 1, uid: 1, created: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return rows.map((row) => ({
      id: String(row['_id']),
      mailboxId: row['mailbox'] ? String(row['mailbox']) : null,
      command: String(row['command']),
      uid: row['uid'] === undefined || row['uid'] === null ? null : Number(row['uid']),
      createdAt: row['created'] instanceof Date ? row['created'] : (row['_id'] as ObjectId).getTimestamp(),
    }));
  }

  async changedAccounts(since: Date): Promise<{ userId: string; newestId: string }[]> {
    const rows = await this.#journal
      .find({ _id: { $gt: firstIdAt(since) } })
      .project({ user: 1 })
      .sort({ _id: 1 })
      .toArray();
    const newest = new Map<string, string>();
    for (const row of rows) if (row['user']) newest.set(String(row['user']), String(row['_id']));
    return [...newest].map(([userId, newestId]) => ({ userId, newestId }));
  }

  async readStates(mailboxId: string, uids: readonly number[]): Promise<StoredState[]> {
    const wanted = new Set(uids);
    const states: StoredState[] = [];
    for (const uid of uidFilters(uids, STATES)) {
      const rows = await this.#messages
        .find({ mailbox: new ObjectId(mailboxId), uid })
        .project({ uid: 1, root: 1, modseq: 1, flags: 1, idate: 1 })
        .batchSize(STATES)
        .toArray();
      for (const row of rows) if (wanted.has(Number(row['uid']))) states.push(toStoredState(row));
    }
    return states;
  }

  async scanArrivals(mailboxId: string, afterUid: number, limit: number): Promise<{ uid: number; receivedAt: Date }[]> {
    const rows = await this.#messages
      .find({ mailbox: new ObjectId(mailboxId), uid: { $gt: afterUid } })
      .project({ _id: 0, uid: 1, idate: 1 })
      .sort({ uid: 1 })
      .limit(limit)
      .batchSize(limit)
      .toArray();
    return rows.map((row) => ({ uid: Number(row['uid']), receivedAt: receivedAt(row) }));
  }

  async scanSequences(mailboxId: string, afterUid: number, limit: number): Promise<{ uid: number; modseq: number }[]> {
    const rows = await this.#messages
      .find({ mailbox: new ObjectId(mailboxId), uid: { $gt: afterUid } })
      .project({ _id: 0, uid: 1, modseq: 1 })
      .sort({ uid: 1 })
      .limit(limit)
      .batchSize(limit)
      .toArray();
    return rows.map((row) => ({ uid: Number(row['uid']), modseq: Number(row['modseq'] ?? 0) }));
  }

  async *readMessages(mailboxId: string, uids: readonly number[]): AsyncGenerator<StoredMessage[]> {
    const wanted = new Set(uids);
    for (const uid of uidFilters(uids, WHOLE_MESSAGES)) {
      const rows = await this.#messages
        .find({ mailbox: new ObjectId(mailboxId), uid })
        .project(CONTENT_PROJECTION)
        .batchSize(WHOLE_MESSAGES)
        .toArray();
      const messages: StoredMessage[] = [];
      for (const row of rows) {
        if (wanted.has(Number(row['uid']))) messages.push(toStoredMessage(row, await this.#linesIfDamaged(mailboxId, row)));
      }
      yield messages;
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** The header's lines, which few messages need and which would double what is read of all. */
  async #linesIfDamaged(mailboxId: string, row: Document): Promise<string[] | undefined> {
    const header = (row['mimeTree'] as { parsedHeader?: Record<string, unknown> } | undefined)?.parsedHeader;
    if (!isDamaged(row['subject'], header)) return undefined;
    const whole = await this.#messages.findOne(
      { mailbox: new ObjectId(mailboxId), uid: row['uid'] as number },
      { projection: { 'mimeTree.header': 1 } },
    );
    return (whole?.['mimeTree'] as { header?: string[] } | undefined)?.header;
  }
}

function toStoredState(row: Document): StoredState {
  return {
    uid: Number(row['uid']),
    messageKey: String(row['root'] ?? row['_id']),
    modseq: Number(row['modseq'] ?? 0),
    flags: (row['flags'] as string[] | undefined) ?? [],
    receivedAt: receivedAt(row),
  };
}

/** The smallest id that can be made at or after `moment` (ids start with their second). */
export function firstIdAt(moment: Date): ObjectId {
  const seconds = Math.max(0, Math.floor(moment.getTime() / 1000));
  return new ObjectId(seconds.toString(16).padStart(8, '0') + '0'.repeat(16));
}

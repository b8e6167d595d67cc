// Flags and keywords of many messages at once, written into WildDuck's collections exactly as its own IMAP STORE
// writes them (lib/handlers/on-store.js): flags and derived fields, modification sequence, the mailbox's list of
// keywords, journal, counters, announcement. Its REST API knows no keywords, and its IMAP reads a mailbox's every UID
// before the first flag can be set: docs/decisions/0200-labels-beside-imap.md has the figures.
import { MongoClient, ObjectId, type Collection, type Document } from 'mongodb';
import type { Redis } from 'ioredis';
import { WildduckError } from './errors.ts';
import { uidFilters } from './uid-filters.ts';

export interface FlagChange {
  add?: readonly string[];
  remove?: readonly string[];
}

export interface ChangedMessage {
  uid: number;
  /** What it had not before. */
  added: string[];
  /** What it had before, as asked for (not in the case in which it was stored). */
  removed: string[];
}

export interface FlagStore {
  /**
   * Sets and takes flags of messages of one mailbox. Messages that are gone are skipped; repeating is harmless.
   * @param options.again an earlier try may have died half-way: also messages that are as wanted are announced, since
   *   the dead one may have written them and nothing more
   * @returns the messages that were changed, and what of them
   * @throws WildduckError `not-found` when the mailbox is gone, `unavailable` when the store cannot be reached
   */
  changeFlags(
    place: { userId: string; mailboxId: string }, uids: readonly number[], change: FlagChange, options?: { again?: boolean },
  ): Promise<ChangedMessage[]>;
  close(): Promise<void>;
}

/** The channel on which WildDuck's processes hear that a user's journal has grown. */
const CHANNEL = 'wd_events';
/** Messages written per command: WildDuck's own is 150; a command this large still takes about half a second. */
const BATCH = 500;
/** WildDuck's own limit of keywords that a mailbox lists for its clients. */
const LISTED_KEYWORDS = 100;
/** Fields that say the same as a flag, for WildDuck's queries: name, and its value when the flag is set. */
const DERIVED: Record<string, { field: string; whenSet: boolean }> = {
  '\\seen': { field: 'unseen', whenSet: false },
  '\\flagged': { field: 'flagged', whenSet: true },
  '\\draft': { field: 'draft', whenSet: true },
};

interface FlaggedMessage {
  _id: ObjectId;
  uid: number;
  flags: string[];
  thread?: ObjectId;
}

/** Connects when first used. @param redis the store's Valkey or Redis */
export function openFlagStore(mongoUrl: string, redis: Redis, options: { timeoutMs?: number } = {}): FlagStore {
  const client = new MongoClient(mongoUrl, {
    maxPoolSize: 4, appName: 'eider-flags', serverSelectionTimeoutMS: options.timeoutMs ?? 5_000, socketTimeoutMS: 60_000,
  });
  const database = client.db();
  return {
    async changeFlags({ userId, mailboxId }, uids, change, { again = false } = {}) {
      const changed: ChangedMessage[] = [];
      try {
        for (let start = 0; start < uids.length; start += BATCH) {
          changed.push(...(await changeBatch(database.collection('mailboxes'), database.collection('messages'), database.collection('journal'), redis, {
            userId, mailboxId, uids: uids.slice(start, start + BATCH), change, again,
          })));
        }
      } catch (error) {
        if (error instanceof WildduckError) throw error;
        throw new WildduckError('unavailable', `the mail store could not be written: ${(error as Error).message}`, { cause: error });
      } finally {
        // A hint: whoever misses it looks by the clock. Without it, IMAP clients that wait hear of nothing.
        if (changed.length > 0 || again) await redis.publish(CHANNEL, JSON.stringify({ e: userId })).catch(() => undefined);
      }
      return changed;
    },
    close: () => client.close(),
  };
}

interface Batch {
  userId: string;
  mailboxId: string;
  uids: readonly number[];
  change: FlagChange;
  again: boolean;
}

async function changeBatch(mailboxes: Collection, messages: Collection, journal: Collection, redis: Redis, batch: Batch): Promise<ChangedMessage[]> {
  const user = new ObjectId(batch.userId);
  const mailbox = new ObjectId(batch.mailboxId);
  const read = await readFlags(messages, mailbox, batch.uids);
  const pending = read.flatMap((message) => {
    const steps = stepsFor(message.flags, batch.change);
    return steps ? [{ message, ...steps }] : [];
  });
  const asWanted = batch.again ? read.filter((message) => stepsFor(message.flags, batch.change) === null) : [];
  if (pending.length === 0 && asWanted.length === 0) return [];
  // The sequence number is taken before the write, as WildDuck does: a reader that sees it finds the change or waits for the journal.
  const owner = await mailboxes.findOneAndUpdate(
    { _id: mailbox, user }, { $inc: { modifyIndex: 1 } }, { returnDocument: 'after', projection: { modifyIndex: 1, flags: 1 } },
  );
  if (!owner) throw new WildduckError('not-found', 'the mailbox is gone', { storeCode: 'NoSuchMailbox' });
  const modseq = Number(owner['modifyIndex']);
  for (const { ids, updates } of alike(pending, modseq)) {
    for (const update of updates) await messages.updateMany({ _id: { $in: ids }, mailbox }, update);
  }
  // Under a new number: whoever has seen the old one takes an entry with it for known.
  if (asWanted.length > 0) await messages.updateMany({ _id: { $in: asWanted.map(({ _id }) => _id) }, mailbox }, { $max: { modseq } });
  const created = new Date();
  const unseenChange = [...(batch.change.add ?? []), ...(batch.change.remove ?? [])].includes('\\Seen');
  await journal.insertMany(
    [...pending, ...asWanted.map((message) => ({ message, flags: message.flags }))].map(({ message, flags }) => ({
      command: 'FETCH', uid: message.uid, flags, thread: message.thread, message: message._id, modseq, unseenChange, created, mailbox, user,
    })),
    { ordered: false },
  );
  if (unseenChange) await redis.del(`unseen:${batch.mailboxId}`).catch(() => undefined);
  await listKeywords(mailboxes, mailbox, (owner['flags'] as string[] | undefined) ?? [], batch.change.add ?? []);
  return pending.map(({ message, added, removed }) => ({ uid: message.uid, added, removed }));
}

async function readFlags(messages: Collection, mailbox: ObjectId, uids: readonly number[]): Promise<FlaggedMessage[]> {
  const wanted = new Set(uids);
  const found: FlaggedMessage[] = [];
  for (const uid of uidFilters(uids, BATCH)) {
    const rows = await messages.find({ mailbox, uid }).project({ uid: 1, flags: 1, thread: 1 }).batchSize(BATCH).toArray();
    for (const row of rows) {
      if (!wanted.has(Number(row['uid']))) continue;
      found.push({
        _id: row['_id'] as ObjectId, uid: Number(row['uid']), flags: (row['flags'] as string[] | undefined) ?? [], thread: row['thread'] as ObjectId,
      });
    }
  }
  return found.sort((a, b) => a.uid - b.uid);
}

interface Steps {
  added: string[];
  removed: string[];
  /** As stored: what `removed` is called there. */
  stored: string[];
  /** Afterwards. */
  flags: string[];
}

/** Null when nothing changes. Letter case makes no other flag (RFC 9051, section 2.3.2). */
function stepsFor(flags: readonly string[], change: FlagChange): Steps | null {
  const present = new Set(flags.map((flag) => flag.toLowerCase()));
  const added = (change.add ?? []).filter((flag) => !present.has(flag.toLowerCase()));
  const removed = (change.remove ?? []).filter((flag) => present.has(flag.toLowerCase()));
  if (added.length === 0 && removed.length === 0) return null;
  const gone = new Set(removed.map((flag) => flag.toLowerCase()));
  const stored = flags.filter((flag) => gone.has(flag.toLowerCase()));
  return { added, removed, stored, flags: [...flags.filter((flag) => !stored.includes(flag)), ...added] };
}

type Pending = Steps & { message: FlaggedMessage };

interface Update {
  ids: ObjectId[];
  /** One after the other. */
  updates: Document[];
}

/**
 * Messages to which the same happens, as one update of all of them: a third less than as many single ones. What is taken
 * goes before what is set: one update cannot do both to one array.
 */
function alike(pending: readonly Pending[], modseq: number): Update[] {
  const fields = (flags: readonly string[], set: boolean) =>
    Object.fromEntries(flags.flatMap((flag) => {
      const derived = DERIVED[flag.toLowerCase()];
      return derived ? [[derived.field, derived.whenSet === set]] : [];
    }));
  const groups = Map.groupBy(pending, ({ stored, added }) => JSON.stringify([stored, added]));
  return [...groups.values()].map((group) => {
    const { stored, removed, added } = group[0]!;
    return {
      ids: group.map(({ message }) => message._id),
      updates: [
        ...(stored.length > 0 ? [{ $pull: { flags: { $in: stored } }, ...setFields(fields(removed, false)), $max: { modseq } }] : []),
        ...(added.length > 0 ? [{ $addToSet: { flags: { $each: added } }, ...setFields(fields(added, true)), $max: { modseq } }] : []),
      ],
    };
  });
}

/** An empty `$set` is an error to MongoDB before 5.0. */
const setFields = (fields: Record<string, boolean>) => (Object.keys(fields).length > 0 ? { $set: fields } : {});

/** Clients show which keywords a mailbox knows; the first use of one adds it. */
async function listKeywords(mailboxes: Collection, mailbox: ObjectId, listed: readonly string[], added: readonly string[]): Promise<void> {
  const known = new Set(listed.map((flag) => flag.trim().toLowerCase()));
  const fresh = added.filter((flag) => !flag.startsWith('\\') && !known.has(flag.toLowerCase()));
  if (fresh.length === 0 || known.size + fresh.length > LISTED_KEYWORDS) return;
  await mailboxes.updateOne({ _id: mailbox }, { $addToSet: { flags: { $each: fresh } } });
}

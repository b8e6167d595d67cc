// WildDuck's queue of mail that it made itself (forwards, autoreplies, targets of filters), as it lies in the mail
// store: an entry per recipient, the content of each message in GridFS. Owns reading and removing; what becomes of an
// entry is take-entry.ts.
import { type Collection, type Db, GridFSBucket, type ObjectId } from 'mongodb';
import { OUTBOUND } from '../wildduck/settings.ts';

export interface OutboundEntry {
  _id: ObjectId;
  /** Of the message; entries of one message share it. */
  id: string;
  seq: string;
  recipient: string;
  /** Not before this moment. */
  queued: Date;
  created: Date;
  /** The target is a web address. */
  http?: boolean;
  /** The target is a relay of its own. */
  mx?: unknown;
}

export interface OutboundMeta {
  /** '' is the null reverse-path. */
  from: string;
  /** WildDuck's id of the account that it was made for. */
  userId?: string;
  /** `forward`, `autoreply`, `submit`. */
  reason?: string;
}

export interface OutboundMessage {
  meta: OutboundMeta;
  content: Buffer;
}

export interface OutboundEntries {
  /** Entries whose time has come, the oldest first. */
  due(limit: number, now: Date): Promise<OutboundEntry[]>;
  /** The message of an entry; null while WildDuck is still writing it, or when it is gone. */
  read(id: string): Promise<OutboundMessage | null>;
  remove(entry: OutboundEntry): Promise<void>;
  postpone(entry: OutboundEntry, until: Date, why: string): Promise<void>;
  /** Deletes contents that no entry has needed for an hour. @returns how many */
  sweep(now: Date): Promise<number>;
}

interface StoredMeta {
  data?: OutboundMeta & { headers?: { line: string }[] };
}

const SWEEP_AFTER_MS = 3_600_000;
const SWEEP_BATCH = 500;
const MAX_CONTENT_BYTES = 60 * 1024 * 1024;

export function outboundEntries(db: Db): OutboundEntries {
  const queue: Collection<OutboundEntry> = db.collection(OUTBOUND.collection);
  const bucket = new GridFSBucket(db, { bucketName: OUTBOUND.bucket });

  return {
    due: (limit, now) => queue.find({ queued: { $lte: now } }).sort({ queued: 1 }).limit(limit).toArray(),

    async read(id) {
      const [file] = await bucket.find({ filename: `message ${id}` }).toArray();
      const data = (file?.metadata as StoredMeta | undefined)?.data;
      if (!file || !data?.headers) return null;
      if (file.length > MAX_CONTENT_BYTES) throw new Error(`message ${id} has ${file.length} octets`);
      const body = Buffer.concat(await bucket.openDownloadStream(file._id).toArray());
      const header = data.headers.map(({ line }) => `${line.replace(/\r?\n/g, '\r\n')}\r\n`).join('');
      return {
        meta: { from: data.from, ...(data.userId && { userId: data.userId }), ...(data.reason && { reason: data.reason }) },
        // WildDuck keeps header lines as bytes in strings.
        content: Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), body]),
      };
    },

    // The content stays for a while: entries of the same message may still be coming (sweep takes it).
    async remove(entry) {
      await queue.deleteOne({ _id: entry._id });
    },

    async postpone(entry, until, why) {
      await queue.updateOne({ _id: entry._id }, { $set: { queued: until, eiderWaitsFor: why } } as object);
    },

    async sweep(now) {
      const old = await bucket.find({ filename: /^message /, uploadDate: { $lt: new Date(now.getTime() - SWEEP_AFTER_MS) } }).limit(SWEEP_BATCH).toArray();
      let deleted = 0;
      for (const file of old) {
        if ((await queue.countDocuments({ id: file.filename.slice('message '.length) }, { limit: 1 })) > 0) continue;
        await bucket.delete(file._id);
        deleted++;
      }
      return deleted;
    },
  };
}

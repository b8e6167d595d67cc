// The copy of a submitted message in the account's Sent folder. Owns storing it and making way for the copy
// that many mail programs add themselves; the queue does not wait for it.
import type { MongoClient } from 'mongodb';
import { ObjectId } from 'mongodb';
import type { WildduckClient } from '../../server/infra/wildduck/client.ts';

export interface SentCopies {
  /** Stores the copy. Never fails: mail that is accepted stays accepted; faults are reported. */
  add(userId: string, content: Buffer): Promise<void>;
  /** Forgets the looks that are still due; a copy stored twice is then left standing. */
  stop(): void;
}

/**
 * A mail program that keeps its own copy (Thunderbird does) uploads it within moments of the 250. Looking
 * after a few seconds, half a minute and two minutes finds it; ours is then removed, since the program knows
 * the UID of its own. The other way round, storing ours only if none has come, would lose the copy when this
 * process ends meanwhile.
 */
const LOOK_AFTER_MS = [4_000, 30_000, 120_000];

type Wildduck = Pick<WildduckClient, 'listMailboxes' | 'uploadRaw' | 'deleteMessage'>;

interface Place {
  userId: string;
  mailboxId: string;
  uid: number;
}

/** @param mongo WildDuck's database, read only */
export function createSentCopies(wildduck: Wildduck, mongo: MongoClient, onFailure: (error: Error) => void): SentCopies {
  const timers = new Set<NodeJS.Timeout>();
  const look = (place: Place, round: number) => {
    if (round >= LOOK_AFTER_MS.length) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      hasTwin(mongo, place).then(async (twin) => {
        if (twin) await wildduck.deleteMessage(place);
        else look(place, round + 1);
      }).catch(onFailure);
    }, LOOK_AFTER_MS[round]);
    timer.unref();
    timers.add(timer);
  };
  return {
    async add(userId, content) {
      try {
        const mailboxes = await wildduck.listMailboxes(userId);
        const sent = mailboxes.find((mailbox) => mailbox.specialUse === '\\Sent');
        if (!sent) throw new Error('the account has no Sent folder');
        const stored = await wildduck.uploadRaw({ userId, mailboxId: sent.id }, content, { unseen: false });
        look({ userId, mailboxId: sent.id, uid: stored.uid }, 0);
      } catch (error) {
        onFailure(error as Error);
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Whether the folder holds another message with the same Message-ID and Date. */
async function hasTwin(mongo: MongoClient, place: Place): Promise<boolean> {
  const messages = mongo.db().collection('messages');
  const mailbox = new ObjectId(place.mailboxId);
  const ours = await messages.findOne({ mailbox, uid: place.uid }, { projection: { msgid: 1, hdate: 1 } });
  // Deleted or moved by the user meanwhile: nothing of ours is left to remove.
  if (!ours) return false;
  const { msgid, hdate } = ours as unknown as { msgid: string; hdate: Date };
  const twin = await messages.findOne({ mailbox, hdate, msgid, uid: { $ne: place.uid } }, { projection: { _id: 1 } });
  return twin !== null;
}

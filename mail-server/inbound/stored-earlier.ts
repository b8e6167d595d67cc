// Remembers for whom a message is already stored while its sender has not been told so. Owns the keys in
// Valkey; the result is that a retry after a partial failure or a lost reply delivers to nobody twice.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Senders retry for days (RFC 5321 4.5.4.1: at least 4 to 5). */
const KEEP_SECONDS = 6 * 24 * 3600;

/** One transaction, as a sender would repeat it. */
export function transactionKey(reversePath: string, content: Buffer): string {
  return createHash('sha256').update(reversePath).update('\0').update(content).digest('base64url');
}

export interface StoredEarlier {
  /** Of these users, those who already have the message. */
  known(key: string, userIds: string[]): Promise<Set<string>>;
  /** The message is stored for this user; the sender does not know yet. */
  add(key: string, userId: string): Promise<void>;
  /** The sender has seen the reply: the same bytes sent again are a new message. */
  forget(key: string): Promise<void>;
}

/**
 * One Valkey set per transaction. When Valkey fails, mail goes on: the worst is a copy delivered twice.
 * @param onFailure told of each failure
 */
export function createStoredEarlier(redis: Redis, onFailure: (error: Error) => void): StoredEarlier {
  const name = (key: string) => `eider:stored:${key}`;
  return {
    async known(key, userIds) {
      try {
        const members = await redis.smembers(name(key));
        return new Set(members.filter((member) => userIds.includes(member)));
      } catch (error) {
        onFailure(error as Error);
        return new Set();
      }
    },
    async add(key, userId) {
      try {
        await redis.multi().sadd(name(key), userId).expire(name(key), KEEP_SECONDS).exec();
      } catch (error) {
        onFailure(error as Error);
      }
    },
    async forget(key) {
      try {
        await redis.del(name(key));
      } catch (error) {
        onFailure(error as Error);
      }
    },
  };
}

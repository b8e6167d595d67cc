// Sessions as requests see them: token to session with a cache of a few seconds, rotation, CSRF tokens, ending.
import { createHash } from 'node:crypto';
import { equalConstantTime, hmacSha256, randomToken } from '../../infra/crypto/hash.ts';
import type { Pool } from '../../infra/db/pool.ts';
import * as store from './session.store.ts';
import type { Session } from './session.store.ts';

/** With "remember me": thirty days after the last use. Otherwise twelve hours. */
const PERSISTENT_SECONDS = 30 * 24 * 3600;
const BROWSER_SECONDS = 12 * 3600;
const CACHE_MS = 5_000;
const CACHE_ENTRIES = 10_000;
const TOUCH_AFTER_MS = 5 * 60_000;
const ROTATE_AFTER_MS = 12 * 3600_000;

export interface IssuedToken {
  token: string;
  maxAgeSeconds: number | undefined;
}

export interface Sessions {
  /** The session of a cookie's token, or null. A session revoked elsewhere is seen within 5 s. */
  find(token: string): Promise<Session | null>;
  /** A new session; the caller has checked the password. Never reuses a token that the browser already had. */
  start(account: { id: string; tenantId: string }, request: { ip: string; userAgent: string; remember: boolean }): Promise<IssuedToken>;
  /** A fresh token when the current one is old, else null. At most one of two concurrent requests gets one. */
  renew(session: Session): Promise<IssuedToken | null>;
  end(session: Session): Promise<void>;
  /** Ends another session of the same account. @returns whether there was one */
  revoke(session: Session, id: string): Promise<boolean>;
  /** Ends all others of the same account. @returns how many */
  endOthers(session: Session): Promise<number>;
  /** The owner has just proved to be there. */
  verified(session: Session): Promise<void>;
  list(session: Session): Promise<store.SessionRow[]>;
  /** Bound to the session, so that it is worthless with another one. */
  csrfToken(session: Session): string;
  csrfMatches(session: Session, presented: string | null): boolean;
}

/** @param csrfKey 32 bytes, the same in every web process */
export function createSessions(pool: Pool, csrfKey: Uint8Array, now: () => number = Date.now): Sessions {
  const cache = new Map<string, { session: Session; readAt: number }>();
  const lifetime = (persistent: boolean) => (persistent ? PERSISTENT_SECONDS : BROWSER_SECONDS);
  const csrfToken = (session: Session) => hmacSha256(csrfKey, `csrf:${session.id}`);
  /** Counts what was forgotten, so that a reading that began before is not kept. */
  let forgotten = 0;
  const forget = (id: string) => {
    forgotten += 1;
    for (const [key, entry] of cache) if (entry.session.id === id) cache.delete(key);
  };

  return {
    async find(token) {
      const hash = tokenHash(token);
      const key = hash.toString('base64');
      const cached = cache.get(key);
      if (cached && now() - cached.readAt < CACHE_MS && cached.session.expiresAt.getTime() > now()) return cached.session;
      cache.delete(key);
      const before = forgotten;
      const session = await store.findSession(pool, hash);
      if (!session) return null;
      if (now() - session.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
        await store.touchSession(pool, session.id, lifetime(session.persistent));
      }
      if (before !== forgotten) return session;
      if (cache.size >= CACHE_ENTRIES) cache.delete(cache.keys().next().value!);
      cache.set(key, { session, readAt: now() });
      return session;
    },
    async start(account, request) {
      const token = randomToken(32);
      await store.insertSession(pool, {
        tenantId: account.tenantId,
        accountId: account.id,
        tokenHash: tokenHash(token),
        persistent: request.remember,
        ip: request.ip,
        userAgent: request.userAgent.slice(0, 400),
        lifetimeSeconds: lifetime(request.remember),
      });
      return { token, maxAgeSeconds: request.remember ? PERSISTENT_SECONDS : undefined };
    },
    async renew(session) {
      if (now() - session.rotatedAt.getTime() < ROTATE_AFTER_MS) return null;
      const token = randomToken(32);
      const won = await store.rotateToken(pool, session.id, session.rotatedAt, tokenHash(token));
      forget(session.id);
      return won ? { token, maxAgeSeconds: session.persistent ? PERSISTENT_SECONDS : undefined } : null;
    },
    // Forgotten once it is gone: before, a request of the same moment would bring it back.
    async end(session) {
      await store.deleteSession(pool, session.accountId, session.id);
      forget(session.id);
    },
    async revoke(session, id) {
      const gone = await store.deleteSession(pool, session.accountId, id);
      forget(id);
      return gone;
    },
    async endOthers(session) {
      const ended = await store.deleteOtherSessions(pool, session.accountId, session.id);
      forgotten += 1;
      for (const [key, entry] of cache) {
        if (entry.session.accountId === session.accountId && entry.session.id !== session.id) cache.delete(key);
      }
      return ended;
    },
    async verified(session) {
      await store.markVerified(pool, session.id);
      forget(session.id);
    },
    list: (session) => store.listSessions(pool, session.accountId),
    csrfToken,
    csrfMatches: (session, presented) => presented !== null && equalConstantTime(presented, csrfToken(session)),
  };
}

function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

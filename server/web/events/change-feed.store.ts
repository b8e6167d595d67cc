// One LISTEN connection per process on the mailbox index's change notices, fanned out to whoever follows an
// account. Owns reconnecting; tells followers when notices may have been missed.
import pg from 'pg';
import type { Logger } from '../../infra/log/logger.ts';
import { CHANGE_CHANNEL, type MailboxChange } from '../../mailbox/account.store.ts';

export type FeedMessage = { kind: 'change'; folderIds: string[] } | { kind: 'refresh' };

export interface ChangeFeed {
  /** Calls `listener` with each change of the account until the returned function is called. Never throws. */
  follow(accountId: string, listener: (message: FeedMessage) => void): () => void;
  close(): Promise<void>;
}

const MAX_BACKOFF_MS = 5_000;
/** A connection that died without a word is found by this probe. */
const PROBE_MS = 15_000;

export function createChangeFeed(databaseUrl: string, log: Logger): ChangeFeed {
  const listeners = new Map<string, Set<(message: FeedMessage) => void>>();
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let tries = 0;
  let connectedBefore = false;
  let closed = false;

  const tellAll = (message: FeedMessage) => {
    for (const set of listeners.values()) for (const listener of set) listener(message);
  };
  const lost = (dead: pg.Client, error?: Error) => {
    if (client !== dead) return;
    client = null;
    if (timer) clearTimeout(timer);
    dead.removeAllListeners();
    dead.on('error', () => {
      // Already given up; end() may still report.
    });
    void dead.end().catch(() => undefined);
    if (closed) return;
    log.warn({ err: error?.message }, 'change feed lost its connection');
    timer = setTimeout(connect, Math.min(MAX_BACKOFF_MS, 100 * 2 ** tries++)).unref();
  };
  const probe = (own: pg.Client) => {
    timer = setTimeout(() => {
      own.query('SELECT 1').then(() => (client === own ? probe(own) : undefined), (error: Error) => lost(own, error));
    }, PROBE_MS).unref();
  };
  function connect(): void {
    if (closed || client) return;
    const own = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'eider-web-changes',
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    client = own;
    own.on('error', (error) => lost(own, error));
    own.on('end', () => lost(own));
    own.on('notification', (notice) => {
      const change = parseChange(notice.payload);
      if (!change) return;
      for (const listener of listeners.get(change.accountId) ?? []) listener({ kind: 'change', folderIds: change.folders });
    });
    own.connect()
      .then(() => own.query(`LISTEN ${CHANGE_CHANNEL}`))
      .then(() => {
        tries = 0;
        if (connectedBefore) tellAll({ kind: 'refresh' });
        connectedBefore = true;
        probe(own);
      })
      .catch((error: Error) => lost(own, error));
  }

  return {
    follow(accountId, listener) {
      if (!client && !timer) connect();
      const set = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(accountId);
      };
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      const last = client;
      client = null;
      last?.removeAllListeners();
      await last?.end().catch(() => undefined);
    },
  };
}

function parseChange(payload: string | undefined): MailboxChange | null {
  try {
    const change = JSON.parse(payload ?? '') as Partial<MailboxChange>;
    return typeof change.accountId === 'string' && Array.isArray(change.folders) ? (change as MailboxChange) : null;
  } catch {
    return null;
  }
}

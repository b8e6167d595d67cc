// Services for tests on a real database: a mail store that cannot be reached (the client is the real one), counters
// in memory, blobs in a temporary folder. What needs a mail store is tested end to end.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { loadConfig } from '../../config.ts';
import { enqueueDeps } from '../../delivery/enqueue.ts';
import { folderBlobStore } from '../../infra/blobs/blob-store.ts';
import { createVirusScanner } from '../../infra/clamd/virus-scanner.ts';
import { createSecretBox } from '../../infra/crypto/secret-box.ts';
import type { Pool } from '../../infra/db/pool.ts';
import { wildduckStore } from '../../infra/wildduck/store.ts';
import { openFlagStore } from '../../infra/wildduck/flag-store.ts';
import { createWildduckClient } from '../../infra/wildduck/client.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import { createDispatch } from '../api/dispatch.ts';
import { handlers } from '../api/handlers.ts';
import { createChangeFeed } from '../events/change-feed.store.ts';
import { createSanitiser } from '../html/sanitiser.ts';
import { createContentCache } from '../message/content-cache.ts';
import { createRemoteImageSigner } from '../message/remote-images.ts';
import type { Services } from '../services.ts';
import { BEGIN_RULES, CODE_RULES, LOOK_RULES, createAttemptLimit, memoryCounters } from '../session/attempt-limit.ts';
import { createSessions } from '../session/sessions.ts';

export interface TestWeb {
  services: Services;
  dispatch: (request: Request) => Promise<Response>;
  /** A new account with an address of that name, signed in. */
  account(name: string): Promise<TestAccount>;
  close(): Promise<void>;
}

export interface TestAccount {
  accountId: string;
  tenantId: string;
  address: string;
  cookie: string;
  csrf: string;
  /** A request with this account's session and CSRF token. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Nothing listens there (the discard port of a machine without inetd). */
const NO_MAIL_STORE = 'http://127.0.0.1:9';

export async function createTestWeb(database: { url: string; pool: Pool }): Promise<TestWeb> {
  const folder = await mkdtemp(join(tmpdir(), 'eider-web-'));
  const { pool } = database;
  const blobs = folderBlobStore(join(folder, 'blobs'));
  const log = pino({ level: 'silent' });
  const wildduck = createWildduckClient({ baseUrl: NO_MAIL_STORE, accessToken: 'none', timeoutMs: 2_000 });
  const secretBox = createSecretBox(Buffer.alloc(32, 3));
  const redis = new Redis({ host: '127.0.0.1', port: 9, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  const services: Services = {
    config: loadConfig({ EIDER_HOME: folder }),
    log,
    pool,
    redis,
    wildduck,
    blobs,
    virus: createVirusScanner(undefined, () => undefined),
    enqueueDeps: enqueueDeps(pool, blobs),
    sessions: createSessions(pool, Buffer.alloc(32, 1)),
    secretBox,
    attemptLimit: createAttemptLimit(memoryCounters()),
    codeLimit: createAttemptLimit(memoryCounters(), 'code', CODE_RULES),
    beginLimit: createAttemptLimit(memoryCounters(), 'begin', BEGIN_RULES),
    lookLimit: createAttemptLimit(memoryCounters(), 'look', LOOK_RULES),
    sanitiser: createSanitiser(() => new Worker(new URL('../html/sanitise-worker.ts', import.meta.url))),
    images: createRemoteImageSigner(Buffer.alloc(32, 2)),
    changes: createChangeFeed(database.url, log),
    facts: {
      identities: async (user) => [{ address: user.wildduckUserId.replace(/^user-/, '') + '@web.test', name: '', main: true }],
      folderFor: async () => Promise.reject(new WildduckError('unavailable', 'no mail store in this test')),
      quota: async () => ({ usedBytes: 0, limitBytes: 0 }),
      forget: () => undefined,
    },
    flags: openFlagStore('mongodb://127.0.0.1:9/none', redis, { timeoutMs: 300 }),
    mailStore: wildduckStore('mongodb://127.0.0.1:9/none', { timeoutMs: 300 }),
    spamLearner: null,
    contents: createContentCache(),
    checkAnswers: true,
  };
  const dispatch = createDispatch(services, handlers);
  const { rows } = await pool.query<{ id: string }>(`INSERT INTO tenant (slug, name) VALUES ('web-test', 'Web test') RETURNING id`);
  return {
    services,
    dispatch,
    account: (name) => makeAccount(services, dispatch, rows[0]!.id, name),
    async close() {
      await services.changes.close();
      await services.sanitiser.close();
      await services.flags.close();
      await services.mailStore.close();
      redis.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeAccount(services: Services, dispatch: TestWeb['dispatch'], tenantId: string, name: string): Promise<TestAccount> {
  const address = `${name}@web.test`;
  const { rows } = await services.pool.query<{ id: string }>(
    'INSERT INTO account (tenant_id, wildduck_user_id, address, display_name) VALUES ($1, $2, $3, $4) RETURNING id',
    [tenantId, `user-${name}`, address, name],
  );
  const accountId = rows[0]!.id;
  const { token } = await services.sessions.start({ id: accountId, tenantId }, { ip: '127.0.0.1', userAgent: 'test', remember: false });
  const session = await services.sessions.find(token);
  const cookie = `eider=${token}`;
  const csrf = services.sessions.csrfToken(session!);
  return {
    accountId,
    tenantId,
    address,
    cookie,
    csrf,
    call: (method, path, body, headers) => dispatch(apiRequest(method, path, body, { cookie, 'x-csrf-token': csrf, ...headers })),
  };
}

/** A request as a browser page of ours sends it. A `Uint8Array` goes as it is, anything else as JSON. */
export function apiRequest(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Request {
  const raw = body instanceof Uint8Array;
  return new Request(`http://127.0.0.1:3000${path}`, {
    method,
    headers: {
      origin: 'http://127.0.0.1:3000',
      'sec-fetch-site': 'same-origin',
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
}

/** One message in the account's index, as the indexer would have put it there. */
export async function indexMessage(
  pool: Pool,
  accountId: string,
  message: { folderId: string; uid: number; conversationId: string; subject: string; use?: string },
): Promise<void> {
  await pool.query('INSERT INTO mailbox_account (account_id, state) VALUES ($1, $2) ON CONFLICT DO NOTHING', [accountId, 'ready']);
  await pool.query(
    `INSERT INTO mailbox_folder (account_id, folder_id, path, special_use) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [accountId, message.folderId, message.use === 'inbox' ? 'INBOX' : `Folder ${message.folderId.slice(-4)}`, message.use ?? null],
  );
  const key = `${message.folderId}-${message.uid}`;
  await pool.query(
    `INSERT INTO mailbox_message (account_id, message_key, conversation_id, thread_refs, internet_id, subject, from_name, from_address,
       snippet, size_bytes, has_attachment, sent_at, received_at)
     VALUES ($1, $2, $3, '{}', $2 || '@web.test', $4, 'Somebody', 'somebody@else.test', $4, 1000, false, now(), now())`,
    [accountId, key, message.conversationId, message.subject],
  );
  await pool.query(
    `INSERT INTO mailbox_item (account_id, folder_id, uid, message_key, conversation_id, received_at, modseq, unread, starred, draft,
       answered, forwarded, deleted)
     VALUES ($1, $2, $3, $4, $5, now(), 1, true, false, false, false, false, false)`,
    [accountId, message.folderId, message.uid, key, message.conversationId],
  );
}

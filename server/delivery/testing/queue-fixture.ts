// A queue to test with: a cloned database with tenants, an enqueuer, and short ways to say things.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { type BlobStore, folderBlobStore } from '../../infra/blobs/blob-store.ts';
import type { Pool } from '../../infra/db/pool.ts';
import { type ClaimedDelivery, claimDeliveries, selectReadyQueues } from '../claim.store.ts';
import { enqueue, type EnqueueDeps, enqueueDeps } from '../enqueue.ts';
import type { EnqueueInput, EnqueueResult, Lane } from '../enqueue-types.ts';

export interface QueueFixture {
  database: TestDatabase;
  pool: Pool;
  blobs: BlobStore;
  home: string;
  deps: EnqueueDeps;
  tenantId: string;
  /** Enqueues a plain message to the recipients. @throws when it is not accepted */
  accept(recipients: string[], changes?: Partial<EnqueueInput>): Promise<string>;
  enqueue(changes: Partial<EnqueueInput>): Promise<EnqueueResult>;
  addTenant(status?: string): Promise<string>;
  /** Claims as a worker would: up to `count` from each ready queue. */
  claim(count?: number, options?: { lane?: Lane; leaseMs?: number }): Promise<ClaimedDelivery[]>;
  /** `recipient state attempts` of the live rows, in order of recipient. */
  states(): Promise<string[]>;
  /** `type recipient` of all events of recipients, in order. */
  events(): Promise<string[]>;
  /** Ends all leases and retries now. */
  letTimePass(): Promise<void>;
  clear(): Promise<void>;
  drop(): Promise<void>;
}

export const PLAIN = Buffer.from('From: alice@eider.test\r\nTo: bob@example.com\r\nSubject: hello\r\nMessage-ID: <1@eider.test>\r\n\r\nhi\r\n');

export async function queueFixture(): Promise<QueueFixture> {
  const database = await testDatabase();
  const { pool } = database;
  const home = await mkdtemp(join(tmpdir(), 'eider-queue-'));
  const blobs = folderBlobStore(join(home, 'blobs'));
  const deps = enqueueDeps(pool, blobs);
  const addTenant = async (status = 'active'): Promise<string> => {
    const id = randomUUID();
    await pool.query('INSERT INTO tenant (id, slug, name, status) VALUES ($1, $2, $2, $3)', [id, `t-${id.slice(0, 8)}`, status]);
    return id;
  };
  const tenantId = await addTenant();
  const input = (changes: Partial<EnqueueInput>): EnqueueInput => ({
    tenantId,
    accountId: null,
    source: 'api',
    lane: 'transactional',
    reversePath: 'alice@eider.test',
    recipients: [{ address: 'bob@example.com' }],
    headerFrom: 'alice@eider.test',
    messageIdHeader: '<1@eider.test>',
    content: PLAIN,
    ...changes,
  });
  return {
    database, pool, blobs, home, deps, tenantId, addTenant,
    enqueue: (changes) => enqueue(deps, input(changes)),
    async accept(recipients, changes = {}) {
      const result = await enqueue(deps, input({ recipients: recipients.map((address) => ({ address })), ...changes }));
      if (result.kind !== 'accepted') throw new Error(`${result.field}: ${result.rule}`);
      return result.queueId;
    },
    async claim(count = 100, { lane = 'transactional', leaseMs = 60_000 } = {}) {
      const queues = await selectReadyQueues(pool, lane, new Map(), 1_000);
      return claimDeliveries(pool, { lane, wanted: queues.map((queue) => ({ ...queue, count })), leaseToken: randomUUID(), leaseMs });
    },
    async states() {
      const result = await pool.query<{ line: string }>(
        `SELECT recipient || ' ' || state || ' ' || attempts AS line FROM delivery ORDER BY recipient`,
      );
      return result.rows.map((row) => row.line);
    },
    async events() {
      const result = await pool.query<{ line: string }>(
        `SELECT type || coalesce(' ' || recipient, '') AS line FROM delivery_event WHERE type NOT IN ('accepted', 'reported') ORDER BY txid, id`,
      );
      return result.rows.map((row) => row.line);
    },
    async letTimePass() {
      await pool.query(`UPDATE delivery SET due_at = now() - interval '1 second'`);
    },
    async clear() {
      await pool.query('TRUNCATE delivery, delivery_event, outgoing_message, dead_letter, idempotency_record, suppression');
    },
    async drop() {
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

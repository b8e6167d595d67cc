// Jobs on a real database: what they collect, that a dead worker's job is gone on with, cancelling, the way back.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { createIndexedAccount, type IndexedAccount } from '../../mailbox/testing/indexed-account.ts';
import type { ChangedMessage, FlagStore } from '../../infra/wildduck/flag-store.ts';
import { createTestWeb, type TestWeb } from '../testing/test-services.ts';
import { cancelJob, claimJob, findJob, insertJob, nextItems, saveProgress, turnBack } from './job.store.ts';
import { workOnJobs } from './run-jobs.ts';

let db: TestDatabase;
let web: TestWeb;
/** Stands for the mail store's flags: what it was asked for, and says that every message was changed. The real one is tested end to end. */
const written: { uids: number[]; add: string[]; remove: string[] }[] = [];
const recorder: FlagStore = {
  changeFlags: async (_place, uids, { add = [], remove = [] }) => {
    written.push({ uids: [...uids], add: [...add], remove: [...remove] });
    return uids.map((uid): ChangedMessage => ({ uid, added: [...add], removed: [...remove] }));
  },
  close: async () => undefined,
};

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
  await web.services.flags.close();
  web.services.flags = recorder;
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

let accounts = 0;
async function mailbox(count: number): Promise<{ account: IndexedAccount; owner: { tenantId: string; accountId: string } }> {
  const account = await createIndexedAccount(db.pool, `jobs${++accounts}`);
  await account.addAll(Array.from({ length: count }, (_, n) => ({ subject: `Number ${n}`, text: n % 2 ? 'odd one' : 'even one', at: new Date(Date.UTC(2026, 0, 1, 0, n)) })));
  const { rows } = await db.pool.query<{ tenant_id: string }>('SELECT tenant_id FROM account WHERE id = $1', [account.accountId]);
  written.length = 0;
  return { account, owner: { tenantId: rows[0]!.tenant_id, accountId: account.accountId } };
}
const starred = async (accountId: string) => (await db.pool.query('SELECT FROM mailbox_item WHERE account_id = $1 AND starred', [accountId])).rowCount;

test('a whole folder, in steps, and all the way back', async () => {
  const { account, owner } = await mailbox(1200);
  const id = await insertJob(db.pool, owner, { action: 'star' }, { kind: 'folder', folderId: account.folders['INBOX']! });
  await workOnJobs(web.services);
  expect(await findJob(db.pool, owner.accountId, id)).toMatchObject({ state: 'done', total: 1200, done: 1200, failed: 0, undoable: true });
  expect(await starred(owner.accountId)).toBe(1200);
  expect(written.map(({ uids, add }) => [uids.length, add])).toEqual([[500, ['\\Flagged']], [500, ['\\Flagged']], [200, ['\\Flagged']]]);
  expect(await turnBack(db.pool, owner.accountId, id)).toBe(true);
  await workOnJobs(web.services);
  expect(await findJob(db.pool, owner.accountId, id)).toMatchObject({ state: 'undone', undoable: false });
  expect(await starred(owner.accountId)).toBe(0);
  expect(await turnBack(db.pool, owner.accountId, id)).toBe(false);
});

test('all that a search finds, and what a filter shows', async () => {
  const { account, owner } = await mailbox(250);
  const id = await insertJob(db.pool, owner, { action: 'star' }, { kind: 'search', q: 'odd' });
  await workOnJobs(web.services);
  expect(await findJob(db.pool, owner.accountId, id)).toMatchObject({ state: 'done', total: 125, done: 125 });
  const again = await insertJob(db.pool, owner, { action: 'read' }, { kind: 'folder', folderId: account.folders['INBOX']!, filter: 'starred' });
  await workOnJobs(web.services);
  expect(await findJob(db.pool, owner.accountId, again)).toMatchObject({ state: 'done', total: 125 });
  const { rows } = await db.pool.query('SELECT FROM mailbox_item WHERE account_id = $1 AND unread', [owner.accountId]);
  expect(rows.length).toBe(125);
});

test('a worker that dies leaves its job to another, who goes on where it stopped', async () => {
  const { account, owner } = await mailbox(20);
  const id = await insertJob(db.pool, owner, { action: 'star' }, { kind: 'folder', folderId: account.folders['INBOX']! });
  const dead = randomUUID();
  const claimed = await claimJob(db.pool, dead);
  expect(claimed?.id).toBe(id);
  expect(await claimJob(db.pool, randomUUID())).toBeNull();
  await db.pool.query('INSERT INTO mailbox_job_item SELECT $1, row_number() OVER (), conversation_id FROM mailbox_conversation_folder WHERE account_id = $2 AND folder_id = $3', [id, owner.accountId, account.folders['INBOX']]);
  await saveProgress(db.pool, id, dead, { state: 'running', total: 20, done: 15 });
  expect((await nextItems(db.pool, id, 15, 500)).length).toBe(5);
  await db.pool.query(`UPDATE mailbox_job SET lease_until = now() - interval '1 second' WHERE id = $1`, [id]);
  await workOnJobs(web.services);
  expect(await findJob(db.pool, owner.accountId, id)).toMatchObject({ state: 'done', done: 20 });
  expect(await starred(owner.accountId)).toBe(5);
  // Back from the dead, it has no say any more.
  expect(await saveProgress(db.pool, id, dead, { done: 3 })).toBe(false);
});

test('cancelled, it stops after the batch under way, and that can be taken back', async () => {
  const { account, owner } = await mailbox(1100);
  let batches = 0;
  const id = await insertJob(db.pool, owner, { action: 'star' }, { kind: 'folder', folderId: account.folders['INBOX']! });
  web.services.flags = {
    ...recorder,
    changeFlags: async (...call) => {
      batches += 1;
      await cancelJob(db.pool, owner.accountId, id);
      // Not before the batch under way has ended: its way back would be missing.
      expect(await turnBack(db.pool, owner.accountId, id)).toBe(false);
      return recorder.changeFlags(...call);
    },
  };
  await workOnJobs(web.services);
  web.services.flags = recorder;
  expect(await findJob(db.pool, owner.accountId, id)).toMatchObject({ state: 'cancelled', done: 1000, undoable: true });
  expect(batches).toBe(2);
  expect(await starred(owner.accountId)).toBe(1000);
  await turnBack(db.pool, owner.accountId, id);
  await workOnJobs(web.services);
  expect(await starred(owner.accountId)).toBe(0);
});

test('jobs of one account act in the order of asking, those of another do not wait', async () => {
  const one = await mailbox(1);
  const two = await mailbox(1);
  const order = async (owner: { tenantId: string; accountId: string }, folderId: string) => insertJob(db.pool, owner, { action: 'star' }, { kind: 'folder', folderId });
  const first = await order(one.owner, one.account.folders['INBOX']!);
  await order(one.owner, one.account.folders['INBOX']!);
  const other = await order(two.owner, two.account.folders['INBOX']!);
  expect((await claimJob(db.pool, randomUUID()))?.id).toBe(first);
  expect((await claimJob(db.pool, randomUUID()))?.id).toBe(other);
  expect(await claimJob(db.pool, randomUUID())).toBeNull();
});

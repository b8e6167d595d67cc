// A label on thousands of messages of a real mail store, by processes that are killed in the middle of it: nothing is
// lost, nothing happens twice, other mail programs hear of all of it, and the way back is whole.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, ObjectId, type Collection, type Document } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMailStack, type MailStack } from '../../../mail-server/testing/mail-stack.ts';
import { openWildduckStore, type WildduckStore } from '../../infra/wildduck/store.ts';
import { rebuildIndex } from '../../mailbox/rebuild.ts';
import { recompute, stored } from '../../mailbox/testing/recompute.ts';
import { labelIdOf } from '../labels/label-id.ts';
import { findJob, insertJob, turnBack } from './job.store.ts';

const WORKER = fileURLToPath(new URL('../testing/job-worker.ts', import.meta.url));
const COUNT = 2500;
/** Messages that have the label by when the process is killed: within the first batch, between batches, near the end. */
const DEATHS = [1, 900, 2200];

let stack: MailStack;
let mongo: MongoClient;
let store: WildduckStore;
let messages: Collection;
let owner: { accountId: string; tenantId: string };
let userId: string;
let inbox: string;

beforeAll(async () => {
  stack = await startMailStack();
  mongo = await new MongoClient(stack.env['MONGO_URL']!).connect();
  store = await openWildduckStore(stack.env['MONGO_URL']!);
  messages = mongo.db().collection('messages');
  ({ userId } = await stack.account('bulk'));
  const { rows } = await stack.database.pool.query<{ id: string; tenant_id: string }>('SELECT id, tenant_id FROM account WHERE wildduck_user_id = $1', [userId]);
  owner = { accountId: rows[0]!.id, tenantId: rows[0]!.tenant_id };
  inbox = (await store.listMailboxes(userId)).find((mailbox) => mailbox.path === 'INBOX')!.id;
  await stack.wildduck.uploadRaw({ userId, mailboxId: inbox }, Buffer.from('From: a@b.example\r\nSubject: model\r\n\r\nText.\r\n'), { unseen: true });
  const model = (await messages.findOne({ mailbox: new ObjectId(inbox) }))!;
  for (let first = 0; first < COUNT; first += 500) await messages.insertMany(Array.from({ length: 500 }, (_, n) => copyOf(model, first + n)));
  await rebuildIndex({ pool: stack.database.pool, store }, owner.accountId);
});
afterAll(async () => {
  await store?.close();
  await mongo?.close();
  await stack?.stop();
});

function copyOf(model: Document, n: number): Document {
  const _id = new ObjectId();
  return { ...model, _id, root: _id, uid: 10 + n, msgid: `<${n}@x>`, subject: `Copy ${n}`, thread: new ObjectId(), idate: new Date(Date.UTC(2026, 0, 1) + n * 1000) };
}

const labelled = () => messages.countDocuments({ mailbox: new ObjectId(inbox), flags: 'urgent' });

/** Works until it is killed, or until the jobs are done. */
async function work(killAt?: number): Promise<NodeJS.Signals | null> {
  const child = fork(WORKER, { env: stack.env as NodeJS.ProcessEnv, execArgv: [], stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (killAt !== undefined && child.exitCode === null && (await labelled()) < killAt) await sleep(2);
  if (killAt !== undefined) child.kill('SIGKILL');
  const [, signal] = await ended;
  // What it held runs out in half a minute.
  await stack.database.pool.query(`UPDATE mailbox_job SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`);
  return signal as NodeJS.Signals | null;
}

test('killed at several places, it ends as if it had never been', { timeout: 120_000 }, async () => {
  const id = await insertJob(stack.database.pool, owner, { action: 'label', addLabels: [labelIdOf('urgent')] }, { kind: 'folder', folderId: inbox });
  for (const killAt of DEATHS) expect(await work(killAt)).toBe('SIGKILL');
  expect(await work()).toBeNull();

  expect(await findJob(stack.database.pool, owner.accountId, id)).toMatchObject({ state: 'done', total: COUNT + 1, done: COUNT + 1, failed: 0 });
  const all = await messages.find({ mailbox: new ObjectId(inbox) }).project({ uid: 1, flags: 1 }).toArray();
  expect(all.filter((message) => (message['flags'] as string[]).filter((flag) => flag === 'urgent').length !== 1)).toEqual([]);
  expect(all).toHaveLength(COUNT + 1);
  const announced = await mongo.db().collection('journal').distinct('uid', { mailbox: new ObjectId(inbox), command: 'FETCH' });
  expect(new Set(announced.map(Number))).toEqual(new Set(all.map((message) => Number(message['uid']))));
  const { rows } = await stack.database.pool.query('SELECT FROM mailbox_item WHERE account_id = $1 AND $2 = ANY(labels)', [owner.accountId, 'urgent']);
  expect(rows).toHaveLength(COUNT + 1);
  expect(await stored(stack.database.pool, owner.accountId)).toEqual(await recompute(stack.database.pool, owner.accountId));

  expect(await turnBack(stack.database.pool, owner.accountId, id)).toBe(true);
  expect(await work()).toBeNull();
  expect(await findJob(stack.database.pool, owner.accountId, id)).toMatchObject({ state: 'undone', failed: 0 });
  // Only what the index had taken in when its batch's note was lost stays: the way back of at most two batches a death.
  expect(await labelled()).toBeLessThanOrEqual(DEATHS.length * 1000);
});

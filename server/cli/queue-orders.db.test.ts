// The operator's orders as they are typed: the command line's commands, on a real database.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addPool } from '../delivery/egress/egress-admin.store.ts';
import { storeFinished, storeUnfinished } from '../delivery/outcome.store.ts';
import { queueFixture, type QueueFixture } from '../delivery/testing/queue-fixture.ts';
import { addAudit } from './audit.ts';
import { addDeadLetter } from './dead-letter.ts';
import { addEvents } from './events.ts';
import { addMessage } from './message.ts';
import { addPrivacy } from './privacy.ts';
import { addQueue } from './queue.ts';
import { eiderWith } from './testing/run-eider.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
  vi.stubEnv('DATABASE_URL', queue.database.url);
  vi.stubEnv('EIDER_HOME', queue.home);
  vi.stubEnv('EIDER_ROUTES', '*=127.0.0.1:9');
  vi.stubEnv('SUDO_USER', 'ann');
  // Named, never asked: these commands have no business with the mail store.
  const token = join(queue.home, 'token');
  writeFileSync(token, 'none');
  vi.stubEnv('WILDDUCK_API_URL', 'http://127.0.0.1:9');
  vi.stubEnv('WILDDUCK_API_TOKEN_FILE', token);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await queue.drop();
});

const eider = eiderWith([addQueue, addMessage, addDeadLetter, addPrivacy, addEvents, addAudit]);

test('one message: why it waits, hold, release, suspend, bounce, its story, and again', async () => {
  const id = await queue.accept(['bob@example.com']);
  expect(await eider('queue', 'why', id)).toMatchObject({ code: 0, out: 'It is ready, but no delivery worker is connected to the database: see eider status.\n' });
  expect(await eider('queue', 'hold', id, '--reason', 'ticket 7')).toMatchObject({ code: 0, out: '1 held\n' });
  expect((await eider('queue', 'why', id)).out).toBe(`It is held (Held by an operator: ticket 7) until an operator releases it: eider queue release ${id}:0.\n`);
  expect(await eider('queue', 'requeue', id)).toMatchObject({ code: 1, out: '', error: `not requeued: ${id}:0 is held` });
  expect((await eider('queue', 'release', `${id}:0`)).out).toBe('1 released\n');
  expect((await eider('queue', 'suspend', '--mx', '127.0.0.1', '--reason', 'it moves')).out).toContain('mx 127.0.0.1 suspended until resumed');
  expect((await eider('queue', 'why', id)).out).toBe('Mail to 127.0.0.1 hosts is suspended by cli:ann (it moves) until somebody resumes it.\n');
  expect((await eider('queue', 'suspensions')).out).toContain('mx 127.0.0.1');
  expect((await eider('queue', 'resume', '--mx', '127.0.0.1')).out).toBe('mx 127.0.0.1 resumed\n');
  expect((await eider('queue', 'bounce', '--mx', '127.0.0.1', '--recipient', 'bob@example.com')).out).toBe('1 bounced\n');
  const story = (await eider('message', 'trace', id)).out;
  for (const part of ['accepted from api', ':0 bob@example.com', 'held by cli:ann: ticket 7', 'released by cli:ann', 'bounced, operator', 'report (failed) sent to alice@eider.test']) expect(story).toContain(part);
  expect((await eider('dead-letter', 'list')).out).toContain(`${id}:0`);
  expect((await eider('dead-letter', 'replay', id)).out).toBe('1 sent again\n');
  const audit = JSON.parse((await eider('audit', 'list', '--json')).out) as { actor: string; action: string; affected: number; target: object }[];
  expect(audit.map(({ actor, action, affected }) => `${actor} ${action} ${affected}`)).toEqual([
    'cli:ann dead-letter replay 1', 'cli:ann queue bounce 1', 'cli:ann queue resume 1', 'cli:ann queue suspend 1', 'cli:ann queue release 1', 'cli:ann queue hold 1',
  ]);
  expect(audit[1]!.target).toEqual({ mx: '127.0.0.1', recipient: 'bob@example.com' });
});

test('many: counted first, done only with --yes', async () => {
  await queue.accept(['a@many.example', 'b@many.example', 'c@many.example']);
  await queue.pool.query(`UPDATE delivery SET state = 'attempting', lease_token = gen_random_uuid(), attempts = 1 WHERE recipient = 'c@many.example'`);
  const left = '; 1 being attempted by a worker just now and left alone';
  expect((await eider('queue', 'cancel', '--domain', 'many.example', '--dry-run')).out).toBe(`2 would be cancelled${left}\n`);
  expect(await eider('queue', 'cancel', '--domain', 'many.example')).toMatchObject({ code: 1, error: `that is 2 deliveries${left}: say --yes to have them cancelled` });
  expect((await eider('queue', 'cancel', '--domain', 'many.example', '--yes')).out).toBe(`2 cancelled${left}\n`);
});

test('a reader that adds up is not sent back; forward it may go, and others both ways', async () => {
  await queue.pool.query(`INSERT INTO event_position (consumer, txid, event_id) VALUES ('egress-counts', '5', 7), ('reputation', '5', 7) ON CONFLICT (consumer) DO UPDATE SET txid = '5', event_id = 7`);
  expect(await eider('events', 'replay', 'egress-counts', '--start')).toMatchObject({ code: 1, error: 'egress-counts cannot read again: what became of the mail of each egress address would count twice' });
  expect(await eider('events', 'replay', 'egress-counts', '--position', '5:6')).toMatchObject({ code: 1 });
  expect(await eider('events', 'replay', 'egress-counts', '--position', '5:7')).toMatchObject({ code: 0 });
  const open = await queue.pool.connect();
  try {
    // Nothing that came after its beginning can be read while it is open; going to the end is no step back for that.
    await open.query('BEGIN');
    await open.query('SELECT pg_current_xact_id()');
    await queue.pool.query('DELETE FROM delivery_event');
    await queue.accept(['late@example.com']);
    expect(await eider('events', 'replay', 'egress-counts', '--end')).toMatchObject({ code: 0, error: '' });
  } finally {
    await open.query('ROLLBACK');
    open.release();
  }
  expect(await eider('events', 'replay', 'reputation', '--start')).toMatchObject({ code: 0 });
});

test.each([
  [['queue', 'hold'], 1, 'say which: a queue id, a filter (see --help), or --all'],
  [['queue', 'hold', 'nonsense'], 1, '"nonsense" is no queue id'],
  [['queue', 'hold', '--tenant', 'nobody'], 1, 'there is no tenant "nobody"'],
  [['queue', 'hold', '--lane', 'fast'], 2, 'Allowed choices are transactional, marketing'],
  [['queue', 'suspend', '--domain', 'example.com', '--lane', 'marketing', '--reason', 'x'], 1, 'say what, in one way'],
  [['queue', 'suspend', '--from', 'example.com', '--reason', 'x'], 1, 'say what, in one way'],
  [['queue', 'rebind', '--all'], 1, 'say where to: --to-lane, --to-priority, --to-pool, --to-route'],
  [['queue', 'rebind', '--all', '--to-pool', 'nowhere'], 1, '--to-pool: there is no pool "nowhere"'],
  [['queue', 'rebind', '--all', '--to-route', 'a b'], 1, '--to-route: "a b" is no host:port'],
  [['queue', 'show', '019aa000-0000-7000-8000-000000000001'], 1, 'there is no 019aa000-0000-7000-8000-000000000001 in the queue, nor anything about it in the log'],
  [['queue', 'suspend', '--domain', 'example.com', '--reason', 'x', '--until', 'soon'], 1, '--until: "soon" is no time'],
  [['queue', 'why', '019aa000-0000-7000-8000-000000000001'], 1, 'there is no 019aa000-0000-7000-8000-000000000001 in the queue, nor anything about it in the log'],
  [['message', 'trace', '<none@example.com>'], 1, 'no message has the Message-ID <none@example.com>'],
  [['privacy', 'erase', 'bob@example.com'], 1, 'erasing cannot be undone: say --yes'],
  [['events', 'replay', 'nobody', '--start'], 1, 'there is no reader "nobody"'],
] as const)('%j is refused with one line and code %i', async (args, code, text) => {
  const result = await eider(...args);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.error).toContain(text);
  if (code === 1) expect(result.error.trimEnd().split('\n')).toHaveLength(1);
});

test('a part of a tenant: stopped, named in the answer, and let go', async () => {
  await queue.clear();
  const { rows } = await queue.pool.query<{ slug: string }>('SELECT slug FROM tenant WHERE id = $1', [queue.tenantId]);
  const { slug } = rows[0]!;
  const id = await queue.accept(['bob@example.com'], { lane: 'marketing', headerFrom: 'shop@news.example' });
  expect((await eider('queue', 'suspend', '--tenant', slug, '--lane', 'marketing', '--reason', 'bad list')).out).toContain(`tenant-lane ${slug} marketing suspended until resumed`);
  expect((await eider('queue', 'why', id)).out).toBe(`The marketing lane of its tenant ${slug} is suspended by cli:ann (bad list) until somebody resumes it.\n`);
  expect((await eider('queue', 'suspensions')).out).toContain(`tenant-lane ${slug} marketing`);
  expect((await eider('queue', 'resume', '--tenant', slug, '--lane', 'marketing')).out).toBe(`tenant-lane ${slug} marketing resumed\n`);
  await eider('queue', 'suspend', '--tenant', slug, '--from', 'news.example', '--reason', 'complaints');
  expect((await eider('queue', 'why', id)).out).toBe('Mail from news.example is suspended by cli:ann (complaints) until somebody resumes it.\n');
  // One that reputation made: its tenant is measured anew, or it would be back within the minute.
  await queue.pool.query(`UPDATE delivery_suspension SET created_by = 'reputation'`);
  expect((await eider('queue', 'resume', '--tenant', slug, '--from', 'news.example')).code).toBe(0);
  expect((await queue.pool.query('SELECT measured_from > now() AS anew FROM tenant WHERE id = $1', [queue.tenantId])).rows).toEqual([{ anew: true }]);
});

test('show: recipients with their last attempt, its reply and where its conversation is', async () => {
  await queue.clear();
  const id = await queue.accept(['bob@example.com', 'carol@example.com'], { subject: 'hello' });
  expect((await eider('queue', 'show', id)).out).toContain(':1 carol@example.com  queued, 0 attempts, given up ');
  const facts = { mxHost: 'mx.example.com', tls: 'TLSv1.3', reply: '451 4.7.1 later', phase: 'rcpt', conversation: '019aa000-0000-7000-8000-000000000002/3' };
  const [bob, carol] = (await queue.claim()).sort((a, b) => a.recipientNo - b.recipientNo);
  await storeUnfinished(queue.pool, [{ delivery: bob!, outcome: { kind: 'deferred', category: 'greylisted', reason: 'mx.example.com said: 451 4.7.1 later', retryAfterMs: 60_000, facts } }]);
  await storeFinished(queue.pool, [{ delivery: carol!, outcome: { kind: 'delivered', facts: { mxHost: 'mx.example.com', tls: false, reply: '250 ok' }, relayReceipt: false } }]);
  const { out } = await eider('queue', 'show', id);
  for (const part of [`${id}  "hello"`, ':0 bob@example.com  deferred, 1 attempt, next ', 'mx.example.com said: 451 4.7.1 later', ': deferred by mx.example.com (TLSv1.3): 451 4.7.1 later', `conversation 019aa000-0000-7000-8000-000000000002/3: eider message trace ${id} --conversation`, ':1 carol@example.com  delivered, 1 attempt', ': delivered by mx.example.com (no TLS): 250 ok']) expect(out).toContain(part);
  expect((await eider('queue', 'show', `${id}:1`)).out).not.toContain('bob@');
  const json = JSON.parse((await eider('queue', 'show', id, '--json')).out) as { recipients: { state: string }[] };
  expect(json.recipients.map(({ state }) => state)).toEqual(['deferred', 'delivered']);
});

test('rebind to a pool and a route, and back', async () => {
  await queue.clear();
  const id = await queue.accept(['bob@example.com']);
  await addPool(queue.pool, 'spare', null);
  await addPool(queue.pool, 'dear', queue.tenantId);
  expect(await eider('queue', 'rebind', id, '--to-pool', 'spare', '--to-route', 'relay.example:2525/required')).toMatchObject({ code: 0, out: '1 rebound\n' });
  const bound = async () => (await queue.pool.query(`SELECT p.name, d.route FROM delivery d LEFT JOIN egress_pool p ON p.id = d.egress_pool`)).rows;
  expect(await bound()).toEqual([{ name: 'spare', route: 'relay.example:2525/required' }]);
  expect((await eider('message', 'trace', id)).out).toContain('pool spare, route relay.example:2525/required by cli:ann');
  expect(await eider('queue', 'rebind', id, '--to-pool', 'dear')).toMatchObject({ code: 1, error: expect.stringContaining('--to-pool: dear is dedicated to t-') });
  expect(await eider('queue', 'rebind', id, '--to-pool', 'assigned', '--to-route', 'site')).toMatchObject({ code: 0 });
  expect(await bound()).toEqual([{ name: null, route: null }]);
});

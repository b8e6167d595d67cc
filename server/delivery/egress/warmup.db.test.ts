import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pino } from 'pino';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { eventually } from '../testing/worker-fixture.ts';
import { addAddress, addPool, addressIdOf, assignPool, type Changed, pauseAddress, removePool, resumeAddress, retireAddress, setMembership, setOverflow, setWarmup } from './egress-admin.store.ts';
import { listEgress, listEgressEvents, listUsedDays } from './egress-view.store.ts';
import { explainEgressWait } from './explain-egress.ts';
import { type EgressRoute, startEgressChooser } from './egress-chooser.ts';
import { openBy } from './day-spread.ts';
import { grantStore, readEgressVersion, readSnapshot } from './egress.store.ts';
import { countEgressEvents, rollWarmup } from './roll-warmup.ts';

let queue: QueueFixture;
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE egress_assignment, egress_pool_address, egress_warmup, egress_day, egress_event, egress_address, egress_pool CASCADE');
  must(await addPool(queue.pool, 'main', null));
});

function must(result: Changed): void {
  expect(result).toEqual({ kind: 'changed' });
}
const add = async (name: string, lastOctet: number, changes: { warmed?: boolean; pool?: string; schedule?: { '*': number[] } } = {}): Promise<string> => {
  must(await addAddress(queue.pool, { name, sourceAddress: `127.0.0.${lastOctet}`, ehloName: `${name}.eider.test`, pool: 'main', weight: 1, warmed: false, schedule: null, ...changes }));
  return (await addressIdOf(queue.pool, name))!;
};

/** Events as attempts write them, so many of each kind, all of `daysAgo`. */
async function attempts(egress: string, kinds: { delivered?: number; bounced?: number; throttled?: number; greylisted?: number }, daysAgo = 0): Promise<string[]> {
  const rows = Object.entries(kinds).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => ({
      queueId: randomUUID(),
      type: kind === 'delivered' || kind === 'bounced' ? kind : 'deferred',
      data: JSON.stringify({ egress, provider: 'google', reply: 'x', category: kind === 'throttled' ? 'ratelimited' : kind }),
    })),
  );
  await queue.pool.query(
    `INSERT INTO delivery_event (at, tenant_id, queue_id, recipient_no, type, recipient, data)
     SELECT now() - $5 * interval '1 day', $1, q, 0, t, 'bob@example.com', d FROM unnest($2::uuid[], $3::text[], $4::jsonb[]) AS e(q, t, d)`,
    [queue.tenantId, rows.map((row) => row.queueId), rows.map((row) => row.type), rows.map((row) => row.data), daysAgo],
  );
  return rows.map((row) => row.queueId);
}
const complain = async (queueId: string): Promise<void> => {
  await queue.pool.query(`INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, data) VALUES ($1, $2, 0, 'complained', '{}')`, [queue.tenantId, queueId]);
};
/** Counts all there is; transactions of other tests on the same server may keep events back for a while. */
async function countAll(): Promise<number> {
  let read = 0;
  await eventually(
    async () => {
      read += await countEgressEvents(queue.pool);
      const left = await queue.pool.query<{ left: number }>(
        `SELECT count(*) AS left FROM delivery_event e, event_position p WHERE p.consumer = 'egress-counts' AND (e.txid, e.id) > (p.txid, p.event_id)`,
      );
      return left.rows[0]!.left;
    },
    (left) => left === 0,
  );
  return read;
}
const state = async (id: string) => {
  const result = await queue.pool.query<{ phase: string; stage: number; reason: string }>(`SELECT phase, stage, reason FROM egress_warmup WHERE address_id = $1 AND provider = 'google'`, [id]);
  return result.rows[0]!;
};
/** As if the state had been written a day earlier. */
const yesterday = (): Promise<unknown> => queue.pool.query(`UPDATE egress_warmup SET rolled_to = rolled_to - 1, measured_from = measured_from - 1`);

/** The second at which all of a cap is open. */
const END_OF_DAY = 86_399;

describe('grants of a daily cap', () => {
  test('a cap opens in the course of the day; the database and the view agree', async () => {
    const id = await add('out1', 2);
    const ask = async (second: number, count: number) => (await grantStore(queue.pool, second).request({ addressId: id, provider: 'google', stage: 0, cap: 50, count })).granted;
    expect(await ask(0, 50)).toBe(openBy(50, new Date(0)));
    expect(await ask(60, 10)).toBe(0);
    for (const hour of [1, 6, 12, 20, 23]) await ask(hour * 3_600, 50);
    expect((await listUsedDays(queue.pool, id, 1))[0]).toMatchObject({ granted: 50 });
    for (const second of [0, 1_799, 7_200, 40_000, 79_000]) {
      await queue.pool.query('TRUNCATE egress_day');
      expect(await ask(second, 50)).toBe(openBy(50, new Date(second * 1_000)));
    }
  });

  test('many workers at once are given the cap and not one more', async () => {
    const id = await add('out1', 2);
    const store = grantStore(queue.pool, END_OF_DAY);
    const grants = await Promise.all(Array.from({ length: 30 }, () => store.request({ addressId: id, provider: 'google', stage: 0, cap: 50, count: 3 })));
    expect(grants.reduce((sum, grant) => sum + grant.granted, 0)).toBe(50);
    expect(grants.every((grant) => grant.granted >= 0 && grant.msLeft > 0 && grant.msLeft <= 86_400_000)).toBe(true);
    await store.giveBack([{ addressId: id, provider: 'google', count: 2 }]);
    expect((await store.request({ addressId: id, provider: 'google', stage: 0, cap: 50, count: 10 })).granted).toBe(2);
  });

  test('nothing for who believes in another stage, nor for one that is paused; a cap that sank takes nothing back', async () => {
    const id = await add('out1', 2);
    const store = grantStore(queue.pool, END_OF_DAY);
    const ask = async (stage: number, cap: number) => (await store.request({ addressId: id, provider: 'google', stage, cap, count: 40 })).granted;
    expect([await ask(1, 100), await ask(0, 50), await ask(0, 30)]).toEqual([0, 40, 0]);
    expect((await listUsedDays(queue.pool, id, 1))[0]).toMatchObject({ granted: 40 });
    await queue.pool.query(`UPDATE egress_warmup SET phase = 'paused', paused_until = current_date + 2`);
    expect(await ask(0, 50)).toBe(0);
  });
});

describe('counting the event log', () => {
  test('each event once, whoever counts and however often; complaints on the day of sending', async () => {
    const id = await add('out1', 2);
    await countEgressEvents(queue.pool);
    await attempts(id, { delivered: 30, bounced: 2, throttled: 3, greylisted: 4 });
    const [earlier] = await attempts(id, { delivered: 5 }, 1);
    await attempts('default', { delivered: 7 });
    await complain(earlier!);
    const read = await Promise.all([countAll(), countAll(), countAll()]);
    expect(read.reduce((sum, count) => sum + count, 0)).toBe(52);
    expect(await listUsedDays(queue.pool, id, 3)).toMatchObject([
      { sent: 5, delivered: 5, complained: 1 },
      { sent: 39, delivered: 30, bounced: 2, throttled: 3, complained: 0 },
    ]);
  });

  test('an event of a transaction that is still open is waited for, not skipped', async () => {
    const id = await add('out1', 2);
    await countEgressEvents(queue.pool);
    const open = await queue.pool.connect();
    await open.query('BEGIN');
    await open.query(`INSERT INTO delivery_event (tenant_id, queue_id, recipient_no, type, data) VALUES ($1, $2, 0, 'delivered', $3)`, [
      queue.tenantId, randomUUID(), JSON.stringify({ egress: id, provider: 'google', reply: '250' }),
    ]);
    await attempts(id, { delivered: 1 });
    await countEgressEvents(queue.pool);
    await open.query('COMMIT');
    open.release();
    await countAll();
    expect((await listUsedDays(queue.pool, id, 1))[0]).toMatchObject({ delivered: 2 });
  });
});

describe('the scheduler\'s job', () => {
  test('a healthy day of which enough was used: the next stage, once for two schedulers', async () => {
    const id = await add('out1', 2);
    await countEgressEvents(queue.pool);
    await yesterday();
    await attempts(id, { delivered: 50 }, 1);
    await countAll();
    const done = await Promise.all([rollWarmup(queue.pool), rollWarmup(queue.pool)]);
    expect(done.reduce((sum, entry) => sum + (entry['grown'] ?? 0), 0)).toBe(1);
    expect(await state(id)).toMatchObject({ phase: 'warming', stage: 1, reason: 'Healthy, and 50 of 50 were used: 100 a day.' });
    expect(await rollWarmup(queue.pool)).toEqual({ resumed: 0 });
    expect(await listEgressEvents(queue.pool, id, 9)).toMatchObject([{ type: 'grown', provider: 'google', by: 'warm-up' }, { type: 'added', by: 'operator' }]);
  });

  test('a day of which events are kept back by an open transaction is not judged yet', async () => {
    const id = await add('out1', 2);
    await countAll();
    await yesterday();
    const open = await queue.pool.connect();
    await open.query('BEGIN');
    await open.query('SELECT pg_current_xact_id()');
    await attempts(id, { delivered: 50 }, 1);
    expect(await rollWarmup(queue.pool)).toEqual({ resumed: 0 });
    expect(await state(id)).toMatchObject({ stage: 0, reason: null });
    await open.query('COMMIT');
    open.release();
    await countAll();
    expect(await rollWarmup(queue.pool)).toMatchObject({ grown: 1 });
  });

  test('complaints: paused at once, its mail goes out by another, and the event says by which', async () => {
    const bad = await add('out1', 2);
    const good = await add('out2', 3, { warmed: true });
    must(await assignPool(queue.pool, { tenantId: null, lane: null }, 'main'));
    await countEgressEvents(queue.pool);
    const sent = await attempts(bad, { delivered: 40 });
    for (const queueId of sent.slice(0, 3)) await complain(queueId);
    await countAll();
    expect(await rollWarmup(queue.pool)).toMatchObject({ paused: 1 });
    expect(await listEgressEvents(queue.pool, bad, 1)).toMatchObject([
      { type: 'paused', provider: 'google', reason: expect.stringMatching(/^3 of 40 delivered were complained about .* Its mail to google goes out by out2\.$/) },
    ]);
    const chooser = await startEgressChooser(queue.pool, pino({ level: 'silent' }), 'mail.eider.test', 2_000, END_OF_DAY);
    const google: EgressRoute = { key: 'mx g', hosts: ['aspmx.l.google.com'], local: false, targets: () => Promise.reject(new Error('not asked')) };
    for (let message = 0; message < 20; message++) {
      const choice = await chooser.choose({ tenantId: queue.tenantId, lane: 'marketing', queueId: `m${message}`, route: google, count: 1 });
      expect(choice).toMatchObject({ kind: 'egress', egress: { id: good } });
    }
    await chooser.close();
    expect((await listEgress(queue.pool)).map((row) => [row.name, row.status, row.pausedFor])).toEqual([['out1', 'warming', ['google']], ['out2', 'active', []]]);
  });

  test('operators\' pauses end by the clock', async () => {
    const id = await add('out1', 2);
    must(await pauseAddress(queue.pool, 'out1', 'listed at a blocklist', new Date(Date.now() - 1_000)));
    expect(await rollWarmup(queue.pool)).toEqual({ resumed: 1 });
    expect(await listEgress(queue.pool)).toMatchObject([{ status: 'warming', pausedUntil: null, reason: null }]);
    expect(await listEgressEvents(queue.pool, id, 1)).toMatchObject([{ type: 'resumed', by: 'clock' }]);
  });

  test('what waits is explained: the day\'s cap first, then a pause', async () => {
    const id = await add('out1', 2, { schedule: { '*': [10] } });
    must(await assignPool(queue.pool, { tenantId: null, lane: 'marketing' }, 'main'));
    // All of the cap is open by then.
    const evening = new Date(`${new Date().toISOString().slice(0, 10)}T23:00:00Z`);
    const ask = async (lane: 'marketing' | 'transactional') =>
      (await explainEgressWait(queue.pool, { tenantId: queue.tenantId, lane, hosts: ['aspmx.l.google.com'] }, evening))?.reason ?? 'goes';
    expect([await ask('marketing'), await ask('transactional')]).toEqual(['goes', 'goes']);
    await grantStore(queue.pool, END_OF_DAY).request({ addressId: id, provider: 'google', stage: 0, cap: 10, count: 10 });
    expect(await ask('marketing')).toContain("out1 has sent today's 10 to google (warm-up, stage 1)");
    must(await pauseAddress(queue.pool, 'out1', 'listed', null));
    expect([await ask('marketing'), await ask('transactional')]).toEqual([expect.stringContaining('until an operator acts: out1 is paused (listed)'), 'goes']);
  });

  test('state, caps used and grants survive: a new reader finds them', async () => {
    const id = await add('out1', 2, { schedule: { '*': [10, 20] } });
    const store = grantStore(queue.pool, END_OF_DAY);
    await store.request({ addressId: id, provider: 'google', stage: 0, cap: 10, count: 8 });
    const snapshot = await readSnapshot(queue.pool);
    const address = [...snapshot.pools.values()][0]!.members[0]!.address;
    expect(address).toMatchObject({ name: 'out1', sourceAddress: '127.0.0.2', schedule: { '*': [10, 20] } });
    expect(address.warmup.get('google')).toMatchObject({ phase: 'warming', stage: 0, pausedUntil: null });
    expect((await grantStore(queue.pool, END_OF_DAY).request({ addressId: id, provider: 'google', stage: 0, cap: 10, count: 8 })).granted).toBe(2);
  });
});

describe('what operators do', () => {
  test('every change moves the version that workers look at', async () => {
    const versions = [await readEgressVersion(queue.pool)];
    const steps = [
      () => add('out1', 2),
      () => assignPool(queue.pool, { tenantId: queue.tenantId, lane: 'marketing' }, 'main'),
      () => setMembership(queue.pool, 'main', 'out1', 5),
      () => pauseAddress(queue.pool, 'out1', 'x', null),
      () => resumeAddress(queue.pool, 'out1'),
      () => setWarmup(queue.pool, 'out1', true),
      () => assignPool(queue.pool, { tenantId: queue.tenantId, lane: 'marketing' }, null),
      () => retireAddress(queue.pool, 'out1'),
      () => removePool(queue.pool, 'main'),
    ];
    for (const step of steps) {
      await step();
      versions.push(await readEgressVersion(queue.pool));
    }
    expect(versions.every((version, index) => index === 0 || version > versions[index - 1]!)).toBe(true);
  });

  test('refusals', async () => {
    await add('out1', 2);
    must(await addPool(queue.pool, 'own', queue.tenantId));
    const other = await queue.addTenant();
    const rules = [
      await addPool(queue.pool, 'main', null),
      await addAddress(queue.pool, { name: 'out1', sourceAddress: null, ehloName: 'x.test', pool: 'main', weight: 1, warmed: false, schedule: null }),
      await addAddress(queue.pool, { name: 'out2', sourceAddress: '127.0.0.2', ehloName: 'x.test', pool: 'main', weight: 1, warmed: false, schedule: null }),
      await addAddress(queue.pool, { name: 'out2', sourceAddress: null, ehloName: 'x.test', pool: 'none', weight: 1, warmed: false, schedule: null }),
      await pauseAddress(queue.pool, 'none', 'x', null),
      await resumeAddress(queue.pool, 'none'),
      await retireAddress(queue.pool, 'none'),
      await setOverflow(queue.pool, 'main', 'main'),
      await setOverflow(queue.pool, 'main', 'own'),
      await assignPool(queue.pool, { tenantId: other, lane: null }, 'own'),
      await assignPool(queue.pool, { tenantId: null, lane: 'marketing' }, 'own'),
      await assignPool(queue.pool, { tenantId: null, lane: null }, null),
      await removePool(queue.pool, 'main'),
    ].map((result) => (result.kind === 'refused' ? result.rule : 'changed'));
    expect(rules).toEqual([
      'there is a pool "main" already',
      'there is an address named "out1" already',
      'there is an address named "out2" or at 127.0.0.2 already',
      'there is no pool "none"',
      'there is no egress address "none" that is in use',
      'there is no egress address "none" that is in use',
      'there is no egress address "none"',
      'a pool cannot overflow to itself',
      '"own" is dedicated to a tenant whose mail alone may use it',
      '"own" is dedicated to another tenant',
      '"own" is dedicated to another tenant',
      'nothing is assigned there',
      '"main" still has addresses or assignments, or another pool overflows to it',
    ]);
    must(await assignPool(queue.pool, { tenantId: queue.tenantId, lane: null }, 'own'));
    must(await setOverflow(queue.pool, 'own', 'main'));
  });
});

// The same expectations of the store of one process and of the one in a real Valkey.
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestValkey, type TestValkey } from '../../../mail-server/runtime/testing/start-test-valkey.ts';
import { type LimitStore, localLimitStore } from './limit-store.ts';
import { objectToConnections, objectToRate, suspend } from './site-state.ts';
import { valkeyLimitStore, withFallback } from './valkey-limit-store.ts';

let valkey: TestValkey;
const clients: Redis[] = [];
beforeAll(async () => {
  valkey = await startTestValkey();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await valkey.stop();
});

function worker(name: string, timeoutMs = 20_000): LimitStore {
  const redis = new Redis(valkey.url, { maxRetriesPerRequest: 1, commandTimeout: timeoutMs });
  redis.on('error', () => undefined);
  clients.push(redis);
  return valkeyLimitStore(redis, name);
}
let local: LimitStore | undefined;
let keys = 0;
const newKey = () => `key-${++keys}`;

describe.each([
  ['of one process', () => (local ??= localLimitStore(Date.now))],
  ['in Valkey', () => worker('w1')],
])('the store %s', (_name, open) => {
  const pace = { intervalMs: 60_000, burst: 3 };
  const ask = { pace, want: 10, horizonMs: 1_000, accepted: 0 };

  test('open breakers are told and taken back', async () => {
    const store = open();
    const breaker = { egressId: 'e1', host: 'mx.example.com', failures: 5, until: 17, reason: 'refused' };
    await store.publishBreakers([breaker]);
    expect(await store.listBreakers()).toEqual([breaker]);
    await store.publishBreakers([]);
    expect(await store.listBreakers()).toEqual([]);
  });

  test('grants the burst, then nothing until the next slot; what is given back can be had again', async () => {
    const store = open();
    const key = newKey();
    const [first] = await store.take([{ key, ...ask }]);
    expect(first).toMatchObject({ slots: 3, intervalMs: 60_000 });
    expect(first!.firstInMs).toBe(-120_000);
    const [second] = await store.take([{ key, ...ask }]);
    expect(second!.slots).toBe(0);
    expect(second!.waitMs).toBeGreaterThan(50_000);
    await store.giveBack(key, 1, 60_000);
    expect((await store.take([{ key, ...ask }]))[0]!.slots).toBe(1);
  });

  test('without a rate there is no limit, until one is learnt: from what was accepted', async () => {
    const store = open();
    const key = newKey();
    const free = { key, pace: null, want: 100, horizonMs: 1_000, accepted: 120 };
    expect((await store.take([free]))[0]).toMatchObject({ slots: 100, intervalMs: 0 });
    const state = await store.change(key, (known, measured) => objectToRate(known, measured, 'too fast'));
    expect(state).toMatchObject({ perMinute: 114, objectedPerMinute: 120, stop: { kind: 'pause' } });
    const [stopped] = await store.take([{ ...free, accepted: 0 }]);
    expect(stopped!.slots).toBe(0);
    expect(stopped!.waitMs).toBeGreaterThan(30_000);
    expect(stopped!.state).toEqual(state);
    await store.change(key, (known) => ({ ...known, stop: null }));
    expect((await store.take([{ ...free, accepted: 0 }]))[0]).toMatchObject({ slots: 2 });
  });

  test('lists what has something to tell, and forgets what has not', async () => {
    const store = open();
    const key = newKey();
    await store.change(key, (known, { now }) => suspend(known, now, 60_000, 'listed'));
    expect((await store.list()).filter((entry) => entry.key === key)).toMatchObject([{ key, state: { stop: { reason: 'listed' } } }]);
    expect((await store.read([key])).states[0]!.stop?.kind).toBe('suspended');
    await store.change(key, (known) => ({ ...known, stop: null }));
    expect((await store.list()).filter((entry) => entry.key === key)).toEqual([]);
  });

  test('connections: no more than the cap, nor than the rate', async () => {
    const store = open();
    const key = newKey();
    const kinds = [];
    for (let i = 0; i < 4; i++) kinds.push((await store.connect({ key, cap: 3, pace: null })).kind);
    expect(kinds).toEqual(['granted', 'granted', 'granted', 'refused']);
    await store.disconnect(key);
    expect((await store.connect({ key, cap: 3, pace: null })).kind).toBe('granted');
    const rated = { key: newKey(), cap: 10, pace: { intervalMs: 60_000, burst: 1 } };
    expect((await store.connect(rated)).kind).toBe('granted');
    expect(await store.connect(rated)).toMatchObject({ kind: 'refused', why: 'rate' });
  });
});

describe('several workers', () => {
  test('share one bucket: together they get no more than one would', async () => {
    const key = newKey();
    const workers = ['a', 'b', 'c'].map((name) => worker(name));
    let slots = 0;
    for (let round = 0; round < 20; round++) {
      for (const replies of await Promise.all(workers.map((store) => store.take([{ key, pace: { intervalMs: 3_600_000, burst: 50 }, want: 7, horizonMs: 1_000, accepted: 0 }])))) slots += replies[0]!.slots;
    }
    expect(slots).toBe(50);
  });

  test('learn at the same time without losing what the other learnt', async () => {
    const key = newKey();
    const workers = Array.from({ length: 6 }, (_, i) => worker(`l${i}`));
    await Promise.all(workers.map((store, i) => store.change(key, (state, { now }) => ({ ...objectToConnections(state, now, 9 - i, 'r'), failedRises: state.failedRises + 1 }))));
    expect((await workers[0]!.read([key])).states[0]).toMatchObject({ connections: 4, failedRises: 6 });
  });

  test('a worker that dies loses its connections when their lease ends; one that renews keeps them', async () => {
    const key = newKey();
    const [dead, alive] = [worker('dead'), worker('alive')];
    await dead.connect({ key, cap: 2, pace: null });
    await alive.connect({ key, cap: 2, pace: null });
    expect((await alive.connect({ key, cap: 2, pace: null })).kind).toBe('refused');
    // As if fifteen seconds had passed for the dead one.
    const redis = new Redis(valkey.url);
    clients.push(redis);
    await redis.hset(`eider:connections:${key}`, 'dead', `1:${Date.now() - 1}`);
    await alive.renew([key]);
    expect((await alive.connect({ key, cap: 2, pace: null })).kind).toBe('granted');
    expect((await dead.connect({ key, cap: 2, pace: null })).kind).toBe('refused');
  });
});

test('while Valkey does not answer, limits go on at half, and come back', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const store = withFallback(worker('f', 300), log);
  const key = newKey();
  const request = { key, pace: { intervalMs: 60_000, burst: 4 }, want: 10, horizonMs: 1_000, accepted: 0 };
  expect((await store.take([request]))[0]!.slots).toBe(4);
  valkey.pause();
  try {
    expect((await store.take([request]))[0]!.slots).toBe(2);
    await store.connect({ key, cap: 1, pace: null });
    expect(store.degraded).toBe(true);
    expect(lines).toHaveLength(1);
  } finally {
    valkey.resume();
  }
  while (store.degraded) {
    await sleep(100);
    await store.take([{ ...request, want: 0 }]);
  }
  expect((await store.take([request]))[0]!.slots).toBe(0);
});

test('breakers of several workers are seen by who has none; those of a worker that is gone are forgotten', async () => {
  const breaker = (host: string) => ({ egressId: 'e1', host, failures: 5, until: 17, reason: 'refused' });
  await worker('b1').publishBreakers([breaker('one.example')]);
  await worker('b2').publishBreakers([breaker('two.example')]);
  const seen = async () => (await worker('cli').listBreakers()).map(({ host }) => host).sort();
  expect(await seen()).toEqual(['one.example', 'two.example']);
  // As when its time is over.
  await clients[0]!.del('eider:breakers:b1');
  expect(await seen()).toEqual(['two.example']);
  expect(await clients[0]!.smembers('eider:breakers')).toEqual(['b2']);
  expect(await clients[0]!.pttl('eider:breakers:b2')).toBeGreaterThan(0);
});

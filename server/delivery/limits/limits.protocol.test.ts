// Limits end to end, with real sockets and a real queue; counts only, no times.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Dispatcher } from '../dispatcher.ts';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { type ProviderMx, type ProviderMxOptions, startProviderMx } from '../testing/provider-mx.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { eventually, startWorker, type WorkerOptions } from '../testing/worker-fixture.ts';
import { localLimitStore } from './limit-store.ts';

let queue: QueueFixture;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  queue = await queueFixture();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function provider(options: ProviderMxOptions): Promise<ProviderMx> {
  const mx = await startProviderMx(options);
  ends.push(() => mx.close());
  return mx;
}
async function fake(): Promise<FakeMx> {
  const mx = await startFakeMx();
  ends.push(() => mx.close());
  return mx;
}
function work(port: number, options: Partial<WorkerOptions>): Dispatcher {
  const worker = startWorker(queue, { routes: `*=127.0.0.1:${port}`, ...options });
  ends.push(() => worker.stop());
  return worker;
}
const fill = async (count: number, domain = 'example.com', changes = {}) => {
  for (let i = 0; i < count; i++) await queue.accept([`r${i}@${domain}`], changes);
};
const site = (limits: object) => ({ sites: [{ name: 'provider', mx: ['127.0.0.1'], ...limits }] });

describe('a site with limits', () => {
  test('two workers with one store keep to its rate and connections: nothing is refused', async () => {
    const mx = await provider({ connections: 2, messages: 20, windowMs: 4_000 });
    const limitStore = localLimitStore(Date.now);
    await fill(60);
    // 20 in 4 s is 5 a second.
    for (let i = 0; i < 2; i++) work(mx.port, { limitStore, shaping: site({ rate: '5/s', connections: 2, messagesPerConnection: 5 }) });
    await eventually(() => queue.states(), (states) => states.length === 0);
    const { accepted, tooManyConnections, mostConnections } = mx.counts();
    expect({ accepted, tooManyConnections }).toEqual({ accepted: 60, tooManyConnections: 0 });
    expect(mostConnections).toBeLessThanOrEqual(2);
    expect((await queue.events()).filter((event) => event.startsWith('delivered'))).toHaveLength(60);
  });

  test('what waits for a rate stays queued and untouched, and leaves the worker to the others', async () => {
    const slow = await provider({ connections: 5, messages: 1_000, windowMs: 60_000 });
    const quick = await fake();
    await fill(200, 'slow.example');
    const worker = work(quick.port, {
      routes: `slow.example=127.0.0.1:${slow.port} *=127.0.0.2:${quick.port}`.replace('127.0.0.2', 'localhost'),
      shaping: site({ rate: '2/min' }),
      settings: { maxHeld: { transactional: 40, marketing: 10 } },
    });
    await fill(50, 'quick.example');
    await quick.waitFor((received) => received.length === 50);
    await eventually(() => queue.states(), (states) => states.length < 200);
    const states = await queue.states();
    expect(states.length).toBeGreaterThanOrEqual(198);
    expect(states.filter((line) => !line.endsWith(' queued 0') && !line.endsWith(' attempting 1'))).toEqual([]);
    await worker.stop();
  });

  test('an objection closes the site at once; a suspension names its reason and end', async () => {
    const mx = await provider({ connections: 5, messages: 8, windowMs: 600_000 });
    const limitStore = localLimitStore(Date.now);
    await fill(100);
    work(mx.port, { limitStore, shaping: { ...site({ rate: '20/s', connections: 3 }), replies: [{ site: 'provider', text: 'slow down', action: 'suspend', for: '1h' }] } });
    await eventually(() => limitStore.list(), (list) => list.length > 0);
    await sleep(1_000);
    const [entry] = await limitStore.list();
    expect(entry).toMatchObject({ key: expect.stringContaining('default|route 127.0.0.1'), state: { stop: { kind: 'suspended', reason: '451 4.7.1 rate limit exceeded, slow down' } } });
    // In flight at that moment: one a connection at most.
    expect(mx.counts()).toMatchObject({ accepted: 8 });
    expect(mx.counts().tooManyMessages).toBeLessThanOrEqual(3);
    const states = await queue.states();
    expect(states.filter((line) => line.endsWith(' 0')).length).toBeGreaterThan(80);
  });

  test('connections that nobody told us of: a few refusals, then never more than it takes', async () => {
    const mx = await provider({ connections: 3, messages: 100_000, windowMs: 60_000, delayMs: 20 });
    const limitStore = localLimitStore(Date.now);
    await fill(300);
    work(mx.port, { limitStore, shaping: site({ rate: null, connections: 10, messagesPerConnection: 10 }) });
    await eventually(() => limitStore.list(), (list) => list.length > 0);
    await eventually(() => Promise.resolve(mx.counts().accepted), (accepted) => accepted > 200);
    // Ten at the start; a few more where the server's own process is slow to see a connection's end.
    expect(mx.counts().tooManyConnections).toBeLessThanOrEqual(15);
    expect((await limitStore.list())[0]!.state.connections).toBeLessThanOrEqual(3);
  });
});

describe('tenants and senders', () => {
  test("a tenant's own rate holds it back and nobody else; a sender's puts its mail off without counting an attempt", async () => {
    const mx = await fake();
    const other = await queue.addTenant();
    await fill(30);
    await fill(30, 'example.org', { tenantId: other });
    await fill(10, 'example.net', { tenantId: other, reversePath: 'bulk@eider.test' });
    work(mx.port, { shaping: { default: { rate: null }, tenants: { [queue.tenantId]: { rate: '3/min' } }, senders: { 'bulk@eider.test': { rate: '2/min' } } } });
    await eventually(() => queue.states(), (states) => states.filter((line) => line.includes('@example.org')).length === 0 && states.filter((line) => line.includes('@example.net deferred 0')).length >= 8);
    expect(mx.received.filter((mail) => mail.recipients[0]!.endsWith('@example.com')).length).toBeLessThanOrEqual(15);
    const { rows } = await queue.pool.query(`SELECT DISTINCT reason FROM delivery WHERE state = 'deferred'`);
    expect(rows).toEqual([{ reason: 'Waits: the sender takes 1 messages a minute.' }]);
  });
});

describe('whom reputation slows', () => {
  const slow = (wanted: object) => (subject: object) => (Object.entries(wanted).every(([name, value]) => (subject as Record<string, unknown>)[name] === value) ? { factor: 0.25, reason: 'bounces' } : { factor: 1, reason: null });

  test('a tenant gets a quarter of what the site takes, the others all of it, and its mail stays untouched', async () => {
    const mx = await fake();
    const other = await queue.addTenant();
    await fill(100, 'slow.example');
    await fill(12, 'quick.example', { tenantId: other });
    work(mx.port, { shaping: site({ rate: '12/min' }), speedOf: slow({ tenantId: queue.tenantId }) });
    const quick = () => mx.received.filter((mail) => mail.recipients[0]!.endsWith('@quick.example')).length;
    await eventually(() => Promise.resolve(quick()), (count) => count >= 3);
    // 3 a minute: the first goes at once, and the next come 20 s apart.
    expect(mx.received.length - quick()).toBeLessThanOrEqual(2);
    expect((await queue.states()).filter((line) => line.includes('@slow.example') && line.endsWith(' queued 0')).length).toBeGreaterThanOrEqual(95);
  });

  test('a sending domain is put off with the reason; an egress address takes a quarter of its rate', async () => {
    const mx = await fake();
    await fill(10, 'a.example', { headerFrom: 'shop@news.example' });
    work(mx.port, { shaping: site({ rate: '8/min' }), speedOf: slow({ domain: 'news.example' }) });
    await eventually(() => queue.states(), (states) => states.some((line) => line.endsWith('deferred 0')));
    const { rows } = await queue.pool.query<{ reason: string }>(`SELECT DISTINCT reason FROM delivery WHERE state = 'deferred'`);
    expect(rows[0]!.reason).toMatch(/^Waits: the sending domain, slowed by its reputation \(bounces\), takes /);
    await queue.clear();
    for (const end of ends.splice(0).reverse()) await end();
    const egressMx = await fake();
    await fill(10, 'b.example');
    work(egressMx.port, { shaping: site({ rate: '4/min' }), speedOf: slow({ egress: 'default' }) });
    await egressMx.waitFor((received) => received.length === 1);
    await sleep(500);
    expect(egressMx.received.length).toBe(1);
  });
});

describe('a host that cannot be reached', () => {
  test('after five failures nobody dials any more: the rest stays queued', async () => {
    const mx = await fake();
    const { port } = mx;
    await mx.close();
    await fill(100);
    // Few in hand at once: what waits in the pool fails with the connection.
    work(port, { shaping: {}, limits: { downMs: 1, connectionsPerSite: 1 }, settings: { maxHeld: { transactional: 8, marketing: 1 } } });
    await eventually(() => queue.states(), (states) => states.filter((line) => line.endsWith(' deferred 1')).length >= 5);
    await sleep(500);
    const states = await queue.states();
    expect(states.filter((line) => line.endsWith(' queued 0') || line.endsWith(' deferred 0')).length).toBeGreaterThan(20);
  });
});

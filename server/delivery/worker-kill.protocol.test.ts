// Real worker processes, killed with SIGKILL at random while mail is accepted and delivered. A ledger of what
// was accepted is compared with what the server received: nothing may be missing.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_LOST_ATTEMPTS } from './lease.store.ts';
import { DEFAULT_POOL_LIMITS } from './smtp/connection-pool.ts';
import { type FakeMx, startFakeMx } from './testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from './testing/queue-fixture.ts';
import { eventually } from './testing/worker-fixture.ts';

const WORKER = fileURLToPath(new URL('../workers/delivery.ts', import.meta.url));
const KILLS = 12;
const MESSAGES = 1_500;

let queue: QueueFixture;
let mx: FakeMx;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  queue = await queueFixture();
  mx = await startFakeMx();
  writeFileSync(join(queue.home, 'secret.key'), randomBytes(32).toString('base64'));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await mx.close();
  await queue.drop();
});

/** The queue's rows; what waits after being lost twice comes at once. */
async function statesWithoutWaiting(): Promise<string[]> {
  await queue.pool.query(`UPDATE delivery SET due_at = now() WHERE state = 'deferred'`);
  return queue.states();
}

async function startProcess(env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WORKER], {
    env: {
      ...process.env,
      EIDER_HOME: queue.home,
      EIDER_SECRET_KEY_FILE: join(queue.home, 'secret.key'),
      DATABASE_URL: queue.database.url,
      EIDER_ROUTES: `*=127.0.0.1:${mx.port}`,
      EIDER_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  await once(child, 'message');
  return child;
}

test('killed at any moment, workers lose nothing', async () => {
  const ledger: string[] = [];
  const accepting = (async () => {
    for (let i = 0; i < MESSAGES; i += 10) {
      const batch = Array.from({ length: 10 }, (_, j) => `r${i + j}@d${j}.example`);
      await Promise.all(batch.map((address) => queue.accept([address])));
      ledger.push(...batch);
    }
  })();
  const killing = (async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const before = mx.received.length;
      const child = await startProcess();
      // Somewhere in the middle of its work: after a different number of messages each time.
      await mx.waitFor((received) => received.length >= before + 1 + kill * 7);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  })();
  await Promise.all([accepting, killing]);
  const last = await startProcess();
  // Nobody's lease had to end for this: what the dead held was released by those after them.
  await eventually(statesWithoutWaiting, (states) => states.length === 0);
  last.kill('SIGTERM');
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);

  const arrived = new Map<string, number>();
  for (const mail of mx.received) for (const address of mail.recipients) arrived.set(address, (arrived.get(address) ?? 0) + 1);
  const missing = ledger.filter((address) => !arrived.has(address));
  expect(missing).toEqual([]);
  expect(arrived.size).toBe(MESSAGES);
  // Twice only where the reply to DATA was lost: sent, and not yet read by the process when it died, so one a
  // connection and kill at most. What had been read is in the journal. Each is known as an attempt of unknown outcome.
  const twice = [...arrived].filter(([, count]) => count > 1).map(([address]) => address);
  const events = await queue.events();
  const lost = new Set(events.filter((event) => event.startsWith('attempt-lost ')).map((event) => event.split(' ')[1]!));
  expect(twice.filter((address) => !lost.has(address))).toEqual([]);
  expect(twice.length).toBeLessThanOrEqual(KILLS * DEFAULT_POOL_LIMITS.connectionsPerSite);
  expect(events.filter((event) => event.startsWith('delivered '))).toHaveLength(MESSAGES);
}, 600_000);

/** Kills the process that is about to name this recipient: a message that no worker survives. */
const POISONED = `--import=data:text/javascript,${encodeURIComponent(`
  import { Socket } from 'node:net';
  const { write } = Socket.prototype;
  Socket.prototype.write = function (chunk, ...rest) {
    if (String(chunk).includes('RCPT TO:<poison@')) process.kill(process.pid, 'SIGKILL');
    return write.call(this, chunk, ...rest);
  };
`)}`;

test('a message that no worker survives is held in the end, and everything else arrives', async () => {
  await queue.clear();
  const before = mx.received.length;
  const others = Array.from({ length: 200 }, (_, i) => `r${i}@e${i % 10}.example`);
  await queue.accept(['poison@e3.example']);
  await Promise.all(others.map((address) => queue.accept([address])));
  let deaths = 0;
  const onlyPoison = (states: string[]): boolean => states.length === 1 && states[0]!.startsWith('poison@e3.example held');
  for (let settled = false; !settled; ) {
    const child = await startProcess({ NODE_OPTIONS: POISONED });
    const died = once(child, 'exit').then(() => true);
    settled = !(await Promise.race([died, eventually(statesWithoutWaiting, onlyPoison).then(() => false)]));
    if (settled) {
      child.kill('SIGTERM');
      await died;
    } else deaths++;
  }
  expect(deaths).toBe(MAX_LOST_ATTEMPTS);
  const arrived = new Set(mx.received.slice(before).flatMap((mail) => mail.recipients));
  expect(others.filter((address) => !arrived.has(address))).toEqual([]);
  expect(arrived.has('poison@e3.example')).toBe(false);
}, 600_000);

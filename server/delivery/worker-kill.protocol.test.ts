// Real worker processes, killed with SIGKILL at random while mail is accepted and delivered. A ledger of what
// was accepted is compared with what the server received: nothing may be missing.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

async function startProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WORKER], {
    env: {
      ...process.env,
      EIDER_HOME: queue.home,
      EIDER_SECRET_KEY_FILE: join(queue.home, 'secret.key'),
      DATABASE_URL: queue.database.url,
      EIDER_ROUTES: `*=127.0.0.1:${mx.port}`,
      EIDER_LOG_LEVEL: 'warn',
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
      // What the dead one held is free when its leases end; here, at once.
      await queue.pool.query(`UPDATE delivery SET due_at = now() WHERE state = 'attempting'`);
    }
  })();
  await Promise.all([accepting, killing]);
  const last = await startProcess();
  await eventually(() => queue.states(), (states) => states.length === 0);
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
}, 180_000);

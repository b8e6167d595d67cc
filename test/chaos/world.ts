// Everything that a chaos run starts: PostgreSQL, Valkey and the mail server with submission, accepting processes,
// delivery workers, the receiving server, and the proxies between them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_VARIABLE } from '../../mail-server/runtime/testing/test-database.ts';
import { type MailStack, startMailStack } from '../../mail-server/testing/mail-stack.ts';
import { type ChaosPostgres, startChaosPostgres } from './chaos-postgres.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type KeptProcess, keepProcess } from './kept-process.ts';
import { type RecordingSink, startRecordingSink } from './recording-sink.ts';
import { faketimeLibrary, type SettableClock, settableClock } from './settable-clock.ts';
import { mountSmallDisk, WITHIN } from './small-disk.ts';
import { startSubmitters, type Submitters } from './submitters.ts';

const checkout = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface WorldOptions {
  workers: number;
  /** Callers in each of the two accepting processes. */
  callers: number;
  submitters: number;
  /** Between a caller's messages. */
  pauseMs: number;
}

export interface World {
  home: string;
  postgres: ChaosPostgres;
  stack: MailStack;
  workers: KeptProcess[];
  accepting: KeptProcess[];
  toDatabase: FaultProxy;
  toMx: FaultProxy;
  sink: RecordingSink;
  /** Folders on file systems of their own that can be filled; null where this user may not mount. */
  smallDisks: { home: string; postgres: string } | null;
  clock: SettableClock | null;
  /** What callers were told is accepted, so far. */
  accepted(): Set<string>;
  /** No more is accepted from here on. */
  stopAccepting(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions, startedAt: number): Promise<World> {
  const given = process.env[WITHIN];
  const home = given ?? mkdtempSync(join(tmpdir(), 'eider-chaos-'));
  const folders = { home: join(home, 'home'), postgres: join(home, 'database') };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const canMount = given !== undefined;
  if (canMount) {
    mountSmallDisk(folders.home, 400);
    mountSmallDisk(folders.postgres, 1_200);
  }
  const library = faketimeLibrary();
  const clock = library === null ? null : settableClock(library, join(home, 'clock'));
  const postgres = await startChaosPostgres(folders.postgres, clock?.env ?? {});
  process.env[SERVER_VARIABLE] = postgres.url('postgres');
  const stack = await startMailStack({ EIDER_HOME: folders.home });
  const account = await stack.account('chaos');
  const sink = await startRecordingSink(startedAt);
  const toMx = await startFaultProxy({ host: '127.0.0.1', port: sink.port });
  const toDatabase = await startFaultProxy({ path: postgres.socket });
  const database = new URL(stack.database.url).pathname;
  const { rows } = await stack.database.pool.query<{ id: string }>(`SELECT id FROM tenant WHERE slug = 'eider'`);
  const env = {
    ...stack.env, ...clock?.env, CHAOS_TENANT: rows[0]!.id, EIDER_LOG_LEVEL: 'warn',
    DATABASE_URL: `postgresql://eider@127.0.0.1:${toDatabase.port}${database}`, EIDER_ROUTES: `*=127.0.0.1:${toMx.port}`,
  };
  const books = join(home, 'books');
  mkdirSync(books);
  let incarnation = 0;
  const callersOf = (): string[] => {
    const name = `w${incarnation++}`;
    return [join(books, name), name, String(options.callers), String(options.pauseMs)];
  };
  const workers = await Promise.all(
    Array.from({ length: options.workers }, (_, i) => keepProcess(checkout('server/workers/delivery.ts'), env, join(home, `delivery-${i}.log`))),
  );
  const accepting = await Promise.all(
    Array.from({ length: 2 }, (_, i) => keepProcess(checkout('test/chaos/accepting-process.ts'), env, join(home, `accepting-${i}.log`), callersOf)),
  );
  const submitted = new Set<string>();
  const submitters: Submitters = startSubmitters(account, stack.ports.submission, options.submitters, (id) => submitted.add(id));
  let stoppedAccepting = false;
  const world: World = {
    home, postgres, stack, workers, accepting, toDatabase, toMx, sink, clock,
    smallDisks: canMount ? folders : null,
    accepted: () => new Set([...submitted, ...readdirSync(books).flatMap((name) => readFileSync(join(books, name), 'utf8').split('\n').slice(0, -1))]),
    async stopAccepting() {
      if (stoppedAccepting) return;
      stoppedAccepting = true;
      await submitters.stop();
      await Promise.all(accepting.map((process) => process.stop()));
    },
    async stop() {
      await world.stopAccepting();
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all([toMx.close(), toDatabase.close(), sink.close()]);
      await stack.stop();
      await postgres.stop();
      // Mounts go with the namespace; who made that removes the folder.
      if (!canMount) rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}

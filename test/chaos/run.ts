// The chaos run: mail is accepted and delivered while processes are killed, networks cut, disks filled and clocks set,
// by a plan that a seed decides; then the two books are compared. Prints a table; the exit code tells the verdict.
//   node test/chaos/run.ts [--kills 12] [--seed 1] [--keep]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isConnectionFault } from '../../server/infra/db/faults.ts';
import { FAULTS, type Need, planFaults, seeded } from './faults.ts';
import { judge, type Verdict } from './ledger.ts';
import { mountNamespace, WITHIN } from './small-disk.ts';
import { startWorld, type World } from './world.ts';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '12' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '2' },
    /** Where to write the results as JSON, for the test command. */
    results: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

/** Everything must be delivered so long after the last fault: leases end within a minute, and nobody's is taken for half of one more. */
const DRAIN_MS = 240_000;

const WHY: Record<Need, string> = {
  'small disks': 'wants root, to mount a small file system',
  'settable clock': 'wants the package libfaketime',
};

interface Row {
  name: string;
  times: number;
  /** Milliseconds from the end of the fault until a message arrived. */
  recoveryMs: number[];
}

const namespace = process.env[WITHIN] === undefined ? mountNamespace() : null;
process.exitCode = namespace ? runWithin(namespace) : await main();

/** Runs this program again where it may mount; the folder of the run is removed from outside, when the mounts are gone. */
function runWithin([command = '', ...args]: string[]): number {
  const home = mkdtempSync(join(tmpdir(), 'eider-chaos-'));
  const again = spawnSync(command, [...args, process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, [WITHIN]: home } });
  if (again.status === 0 && !options.keep) rmSync(home, { recursive: true, force: true });
  return again.status ?? 1;
}

async function main(): Promise<number> {
  const seed = options.seed === undefined ? Date.now() % 1_000_000 : Number(options.seed);
  const random = seeded(seed);
  const startedAt = performance.now();
  const say = (line: string): void => console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  say(`seed ${seed}; starting`);
  const world = await startWorld({ workers: Number(options.workers), callers: 6, submitters: 3, pauseMs: 120 }, startedAt);
  const has = new Set<Need>([...(world.smallDisks ? (['small disks'] as const) : []), ...(world.clock ? (['settable clock'] as const) : [])]);
  const skipped = FAULTS.filter((fault) => fault.needs && !has.has(fault.needs));
  for (const fault of skipped) say(`not done: ${fault.name} (${WHY[fault.needs!]})`);
  try {
    const rows = await injectFaults(world, planFaults(Number(options.kills), has, random), random, say);
    say('no more is accepted; waiting until the queue is empty');
    await world.stopAccepting();
    const stuck = await drain(world);
    const verdict = judge(world.accepted(), world.sink.copies);
    report(rows, verdict, stuck);
    const failures = faultsOf(verdict, stuck);
    if (options.results) writeFileSync(options.results, JSON.stringify({ failures, skipped: skipped.map(({ name }) => name), kinds: rows.length }));
    for (const failure of failures) console.error(`FAILED: ${failure}`);
    if (failures.length > 0) console.error(`seed ${seed}; logs in ${world.home}`);
    return failures.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    if (!options.keep) await world.stop();
  }
}

async function injectFaults(world: World, plan: ReturnType<typeof planFaults>, random: () => number, say: (line: string) => void): Promise<Row[]> {
  const rows = new Map<string, Row>(FAULTS.map(({ name }) => [name, { name, times: 0, recoveryMs: [] }]));
  for (const [index, fault] of plan.entries()) {
    await sleep(100 + random() * 900);
    // Now and then two at once.
    const second = random() < 0.1 ? plan[index + 1] : undefined;
    const both = second && second !== fault && second.needs === undefined ? [fault, second] : [fault];
    await Promise.all(both.map((each) => each.run(world, random)));
    const recoveryMs = await untilNextArrival(world);
    for (const each of both) {
      const row = rows.get(each.name)!;
      row.times++;
      row.recoveryMs.push(recoveryMs);
    }
    say(`${both.map(({ name }) => name).join(' + ')}; mail arrives again after ${Math.round(recoveryMs)} ms (${world.sink.copies.length} so far)`);
  }
  return [...rows.values()].filter((row) => row.times > 0);
}

/** @returns milliseconds until a message arrives at the receiving server */
async function untilNextArrival(world: World): Promise<number> {
  const from = performance.now();
  const before = world.sink.copies.length;
  while (world.sink.copies.length === before && performance.now() - from < DRAIN_MS) await sleep(5);
  return performance.now() - from;
}

/** Lets everything be delivered. What waits for its next try is told to try now, as an operator would. @returns what is left after the time */
async function drain(world: World): Promise<string[]> {
  const deadline = performance.now() + DRAIN_MS;
  for (;;) {
    try {
      await world.stack.database.pool.query(`UPDATE delivery SET due_at = now() WHERE state = 'deferred' AND due_at > now()`);
      const { rows } = await world.stack.database.pool.query<{ line: string }>(
        `SELECT recipient || ' ' || state || ' after ' || attempts || ': ' || coalesce(reason, '') AS line FROM delivery ORDER BY queue_id`,
      );
      if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.line);
    } catch (error) {
      if (!isConnectionFault(error)) throw error;
    }
    await sleep(250);
  }
}

function faultsOf(verdict: Verdict, stuck: readonly string[]): string[] {
  const some = (list: readonly string[]): string => list.slice(0, 10).join(', ');
  return [
    ...(verdict.lost.length > 0 ? [`${verdict.lost.length} accepted and not delivered: ${some(verdict.lost)}`] : []),
    ...(stuck.length > 0 ? [`${stuck.length} stuck in the queue: ${some(stuck)}`] : []),
    ...(verdict.inexcusable.length > 0 ? [`${verdict.inexcusable.length} delivered again although the reply was read: ${some(verdict.inexcusable)}`] : []),
    ...(verdict.accepted < 20 ? [`only ${verdict.accepted} accepted: that shows nothing`] : []),
  ];
}

function report(rows: readonly Row[], verdict: Verdict, stuck: readonly string[]): void {
  console.log(`\n${'fault'.padEnd(40)}${'times'.padStart(6)}${'mail arrives again after: most'.padStart(34)}`);
  for (const { name, times, recoveryMs } of rows) console.log(`${name.padEnd(40)}${String(times).padStart(6)}${`${Math.round(Math.max(...recoveryMs))} ms`.padStart(34)}`);
  const figures: [string, number][] = [
    ['deliveries accepted', verdict.accepted],
    ['delivered', verdict.arrived],
    ['of these never confirmed to the caller', verdict.unconfirmed],
    ['lost', verdict.lost.length],
    ['stuck', stuck.length],
    ['twice, the receiving server having withheld its reply', verdict.excused.withheld],
    ['twice, the reply cut off or unread by a killed worker', verdict.excused.cut],
    ['twice for any other reason', verdict.inexcusable.length],
  ];
  console.log('');
  for (const [name, value] of figures) console.log(`${name.padEnd(60)}${String(value).padStart(8)}`);
}

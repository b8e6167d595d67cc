// The faults of a chaos run, as a table: what each does, what it needs, and how often it comes. Each ends with
// everything running again.
import { setTimeout as sleep } from 'node:timers/promises';
import { fillDisk } from './small-disk.ts';
import type { World } from './world.ts';

export type Need = 'small disks' | 'settable clock';

export interface Fault {
  name: string;
  /** SIGKILL to a process: what `--kills` counts. */
  kill: boolean;
  /** How often, beside the others. */
  weight: number;
  needs?: Need;
  /** @param random from 0 up to 1, of the run's seed */
  run(world: World, random: () => number): Promise<void>;
}

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;

export const FAULTS: readonly Fault[] = [
  { name: 'worker killed', kill: true, weight: 8, run: ({ workers }, random) => pick(workers, random).kill() },
  {
    name: 'all workers killed',
    kill: true,
    weight: 2,
    run: async ({ workers }) => void (await Promise.all(workers.map((worker) => worker.kill()))),
  },
  { name: 'accepting process killed', kill: true, weight: 3, run: ({ accepting }, random) => pick(accepting, random).kill() },
  {
    name: 'submission killed',
    kill: true,
    weight: 2,
    async run({ stack }) {
      await stack.kill('submission');
      await stack.start('submission');
    },
  },
  {
    name: 'PostgreSQL killed',
    kill: true,
    weight: 3,
    async run({ postgres }, random) {
      await postgres.kill();
      await sleep(random() * 1_000);
      await postgres.start();
    },
  },
  { name: 'Valkey killed', kill: true, weight: 1, run: ({ stack }) => stack.killValkey() },
  { name: 'database cut off', kill: false, weight: 3, run: async ({ toDatabase }, random) => toDatabase.cut(random() * 3_000) },
  {
    name: 'way to the database silent',
    kill: false,
    weight: 2,
    // Longer than a worker waits for an answer, now and then.
    run: ({ toDatabase }, random) => toDatabase.stall(500 + random() ** 3 * 17_000, random() < 0.5),
  },
  { name: 'MX cut off', kill: false, weight: 3, run: async ({ toMx }, random) => toMx.cut(random() * 2_000) },
  { name: 'way to the MX silent', kill: false, weight: 2, run: ({ toMx }, random) => toMx.stall(500 + random() * 3_000, random() < 0.5) },
  {
    name: 'cut between the message and its reply',
    kill: false,
    weight: 4,
    async run({ sink }, random) {
      sink.withholdReplies(1 + Math.floor(random() * 8));
      await sleep(200);
    },
  },
  {
    name: 'disk of journal and contents full',
    kill: false,
    weight: 2,
    needs: 'small disks',
    async run({ smallDisks, workers }, random) {
      const empty = fillDisk(smallDisks!.home);
      await sleep(500 + random() * 2_000);
      if (random() < 0.5) await pick(workers, random).kill();
      empty();
    },
  },
  {
    name: 'disk of the database full',
    kill: false,
    weight: 2,
    needs: 'small disks',
    async run({ smallDisks, postgres }, random) {
      const empty = fillDisk(smallDisks!.postgres);
      await sleep(500 + random() * 3_000);
      empty();
      // Without room for its log it stops itself.
      await postgres.start();
    },
  },
  {
    name: 'clock set ahead, then back',
    kill: false,
    weight: 2,
    needs: 'settable clock',
    async run({ clock }, random) {
      const hours = pick([-30, -2, 2, 30], random);
      clock!.set(hours * 3_600);
      await sleep(2_500 + random() * 2_000);
      clock!.set(0);
      await sleep(1_200);
    },
  },
];

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The run's plan: every fault once in a shuffled order, then by weight, until there are enough kills.
 * @param has what this run's world can offer
 */
export function planFaults(kills: number, has: ReadonlySet<Need>, random: () => number): Fault[] {
  const possible = FAULTS.filter((fault) => fault.needs === undefined || has.has(fault.needs));
  const plan = possible.map((fault) => ({ fault, at: random() })).sort((a, b) => a.at - b.at).map(({ fault }) => fault);
  const lots = possible.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));
  while (plan.filter((fault) => fault.kill).length < kills) plan.push(pick(lots, random));
  return plan;
}

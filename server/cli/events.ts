// `eider events …`: who reads the log of events, how far they are, and reading parts of it again.
import type { Command } from 'commander';
import { EGRESS_COUNTS } from '../delivery/egress/warmup.store.ts';
import { consumerStates, LOG_START, logEnd, movePosition, positionAt } from '../delivery/events/event-log.store.ts';
import type { ConsumerState, EventPosition } from '../delivery/events/event-log.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { withConnection } from './connection.ts';
import { parseMoment } from './moment.ts';
import { noteOrder } from './note-order.ts';
import { Refusal } from './refusal.ts';
import { duration, table } from './table.ts';

/** Readers that add up what they read and do not know what they have read before, with what reading it again would do. */
const ADDING_UP: ReadonlyMap<string, string> = new Map([[EGRESS_COUNTS, 'what became of the mail of each egress address would count twice']]);

export function addEvents(program: Command): void {
  const events = program.command('events').description('the log of what happened to each message, and its readers');
  events
    .command('positions')
    .description('show every reader: how far it is, and how old the first event is that it has not dealt with')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const states = await withConnection(({ pool }) => consumerStates(pool));
      process.stdout.write(options.json ? `${JSON.stringify(states, null, 2)}\n` : positionTable(states, new Date()) || 'nobody reads the log yet\n');
    });
  events
    .command('replay')
    .description('let a reader deal with events again, or pass over some: it goes on from where this says')
    .argument('<consumer>', 'its name, as in `eider events positions`')
    .option('--from <moment>', 'from a time on: 2026-11-24T12:00Z, or how long ago: 2h')
    .option('--position <txid:id>', 'from after one event')
    .option('--start', 'from the oldest event that is kept')
    .option('--end', 'from now on: what has not been dealt with is passed over')
    .action(replay);
}

interface ReplayOptions {
  from?: string;
  position?: string;
  start?: boolean;
  end?: boolean;
}

async function replay(consumer: string, options: ReplayOptions): Promise<void> {
  if (Object.keys(options).length !== 1) throw new Refusal('say from where, in one way: --from, --position, --start or --end');
  await withConnection(async ({ pool }) => {
    const known = (await consumerStates(pool)).find((state) => state.consumer === consumer);
    if (!known) throw new Refusal(`there is no reader "${consumer}": see eider events positions`);
    const position = await chosenPosition(pool, options, new Date());
    const harm = ADDING_UP.get(consumer);
    if (harm && isBefore(position, known)) throw new Refusal(`${consumer} cannot read again: ${harm}`);
    await movePosition(pool, consumer, position);
    await noteOrder(pool, 'events replay', { reader: consumer, to: `${position.txid}:${position.id}`, from: `${known.txid}:${known.id}` });
    process.stdout.write(`${consumer} goes on after ${position.txid}:${position.id} (it was at ${known.txid}:${known.id})\n`);
  });
}

function isBefore(a: EventPosition, b: EventPosition): boolean {
  const [left, right] = [BigInt(a.txid), BigInt(b.txid)];
  return left === right ? a.id < b.id : left < right;
}

async function chosenPosition(db: Queryable, options: ReplayOptions, now: Date): Promise<EventPosition> {
  if (options.start) return LOG_START;
  if (options.end) return logEnd(db);
  if (options.from !== undefined) {
    const moment = parseMoment(options.from, now, 'past');
    if (moment === null) throw new Refusal(`--from: "${options.from}" is no time: 2026-11-24T12:00Z, or how long ago: 30m, 2h, 7d`);
    return positionAt(db, moment);
  }
  const parts = /^(\d{1,19}):(\d{1,18})$/.exec(options.position ?? '');
  if (!parts) throw new Refusal(`--position: "${options.position}" is none: two numbers as in 7301:15, see eider events positions`);
  return { txid: parts[1]!, id: Number(parts[2]) };
}

export function positionTable(states: readonly ConsumerState[], now: Date): string {
  return table(
    ['READER', 'POSITION', 'MOVED', 'BEHIND'],
    states.map((state) => [
      state.consumer,
      `${state.txid}:${state.id}`,
      `${duration(now.getTime() - state.movedAt.getTime())} ago`,
      state.lagMs > 0 ? duration(state.lagMs) : '-',
    ]),
  );
}

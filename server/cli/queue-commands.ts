// `eider queue hold|release|cancel|requeue|expire|bounce|rebind`: an operator's orders to one delivery, or to all that a
// filter names. Each is audited; many at once only with --yes.
import { type Command, Option } from 'commander';
import { countSelected, type SelectedCounts, type Selection } from '../delivery/operations/selection.store.ts';
import { type QueueCommand, runCommand, statesOf } from '../delivery/operations/queue-commands.ts';
import { listQueue } from '../delivery/queue-view.store.ts';
import { messageLoader } from '../delivery/message-loader.ts';
import { readSnapshot } from '../delivery/egress/egress.store.ts';
import type { Lane } from '../delivery/enqueue-types.ts';
import { parseTarget } from '../delivery/routes-setting.ts';
import { beginAudit, countAudited, finishAudit } from '../infra/audit/audit-log.store.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { listTenantSlugs } from '../tenants/tenant.store.ts';
import { type Connection, withConnection } from './connection.ts';
import { operatorName } from './operator.ts';
import { LANES, parseWhole, type SelectionOptions, selectionFrom, withSelection } from './queue-selection.ts';
import { Refusal } from './refusal.ts';
import { endedSentence, stateSentence } from './why-not.ts';

interface OrderOptions extends SelectionOptions {
  reason?: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

interface RebindOptions extends OrderOptions {
  toLane?: Lane;
  toPriority?: number;
  toPool?: string;
  toRoute?: string;
}

/** What each order does, for its help, and the word for having done it. */
const ORDERS: Record<Exclude<QueueCommand['kind'], 'rebind'>, { does: string; done: string }> = {
  hold: { does: 'stop waiting deliveries until they are released', done: 'held' },
  release: { does: 'let held deliveries go; one with a later send_at waits for it again', done: 'released' },
  cancel: { does: 'take waiting deliveries out of the queue; nobody is told', done: 'cancelled' },
  requeue: { does: 'try scheduled and deferred deliveries now', done: 'requeued' },
  expire: { does: 'end the wait as if the time were over; senders get a report', done: 'expired' },
  bounce: { does: 'give deliveries up; senders get a report', done: 'bounced' },
};

export function addQueueCommands(queue: Command): void {
  for (const [kind, { does }] of Object.entries(ORDERS)) {
    addOrderOptions(queue.command(kind).description(does)).action(async (id: string | undefined, options: OrderOptions) => {
      await order({ kind } as QueueCommand, ORDERS[kind as keyof typeof ORDERS].done, id, options);
    });
  }
  addOrderOptions(queue.command('rebind').description('bind waiting deliveries to another lane, priority, pool of egress addresses or route'))
    .addOption(new Option('--to-lane <lane>', 'the lane to bind them to').choices(LANES))
    .option('--to-priority <number>', 'the priority; lower goes first (0)', parseWhole(-32_768, 32_767))
    .option('--to-pool <name>', 'the pool to go out by, whatever is assigned; "assigned": by what is assigned again')
    .option('--to-route <host:port>', 'where to go instead of the site, as in EIDER_ROUTES; "site": to the site again')
    .action(async (id: string | undefined, options: RebindOptions) => {
      const { toLane, toPriority, toPool, toRoute } = options;
      if ([toLane, toPriority, toPool, toRoute].every((value) => value === undefined)) throw new Refusal('say where to: --to-lane, --to-priority, --to-pool, --to-route');
      if (toRoute !== undefined && toRoute !== 'site' && parseTarget(toRoute) === null) throw new Refusal(`--to-route: "${toRoute}" is no host:port, nor "site"`);
      const pool = toPool === undefined ? undefined : toPool === 'assigned' ? null : await requirePool(toPool, options);
      const to = {
        ...(toLane !== undefined && { lane: toLane }), ...(toPriority !== undefined && { priority: toPriority }), ...(pool !== undefined && { pool }),
        ...(toRoute !== undefined && { route: toRoute === 'site' ? null : toRoute }),
      };
      await order({ kind: 'rebind', to }, 'rebound', id, options);
    });
}

/** A pool dedicated to one tenant takes that tenant's mail only. */
async function requirePool(name: string, { tenant }: RebindOptions): Promise<{ id: string; name: string }> {
  return withConnection(async ({ pool: db }) => {
    const found = [...(await readSnapshot(db)).pools.values()].find((pool) => pool.name === name);
    if (!found) throw new Refusal(`--to-pool: there is no pool "${name}"`);
    const owner = found.dedicatedTo === null ? null : ((await listTenantSlugs(db)).get(found.dedicatedTo) ?? found.dedicatedTo);
    if (owner !== null && owner !== tenant) throw new Refusal(`--to-pool: ${name} is dedicated to ${owner}: say --tenant ${owner}`);
    return { id: found.id, name };
  });
}

function addOrderOptions(command: Command): Command {
  return withSelection(command.argument('[id]', 'a queue id, or with its recipient: <id>:<number>'))
    .option('--all', 'whatever waits, without a filter')
    .option('--reason <text>', 'why; kept in the audit log and in the events')
    .option('--dry-run', 'only say how many it would be')
    .option('--yes', 'do it to many without asking again')
    .option('--json', 'the result as JSON');
}

async function order(command: QueueCommand, done: string, id: string | undefined, options: OrderOptions): Promise<void> {
  refuseWithoutTarget(id, options);
  await withConnection(async (connection) => {
    const selection = await selectionFrom(connection, id, options);
    const counts = await countSelected(connection.pool, selection, statesOf(command));
    if (options.dryRun) return say(options, { ...counts, changed: 0 }, `${counts.ready} would be ${done}${rest(counts)}`);
    if (id !== undefined && counts.ready === 0) throw new Refusal(await whyNot(connection, selection, done));
    if (id === undefined && counts.ready > 1 && !options.yes) {
      throw new Refusal(`that is ${counts.ready} deliveries${rest(counts)}: say --yes to have them ${done}`);
    }
    const changed = await carryOut(connection, command, selection, options);
    const left = await countSelected(connection.pool, selection, statesOf(command));
    // Those in another state are, for the most part, the ones just changed.
    say(options, { ...left, changed }, `${changed} ${done}${rest({ ...left, other: 0 })}`);
  });
}

/** An order without an id or any filter would be for everything; that has to be said. */
function refuseWithoutTarget(id: string | undefined, options: OrderOptions): void {
  const { tenant, domain, lane, mx, state, recipient } = options;
  const filtered = [tenant, domain, lane, mx, state, recipient].some((value) => value !== undefined);
  if (id === undefined && !filtered && !options.all) throw new Refusal('say which: a queue id, a filter (see --help), or --all');
  if (options.all && (id !== undefined || filtered)) throw new Refusal('--all stands alone, without an id or a filter');
  if (options.domain !== undefined && options.mx !== undefined) throw new Refusal('--domain and --mx exclude each other');
}

async function carryOut(connection: Connection, command: QueueCommand, selection: Selection, options: OrderOptions): Promise<number> {
  const { pool, config } = connection;
  const { tenant, domain, lane, mx, state, recipient } = options;
  const target = { ...(selection.queueId !== undefined && { queueId: selection.queueId, recipientNo: selection.recipientNo }), tenant, domain, lane, mx, state, recipient,
    ...(command.kind === 'rebind' && { to: command.to }) };
  const by = operatorName();
  const audit = await beginAudit(pool, { actor: by, action: `queue ${command.kind}`, target, reason: options.reason });
  // Nothing is signed here: only reports to senders are made from what is loaded.
  const loader = messageLoader({ db: pool, blobs: openBlobStore(config), signersFor: () => Promise.resolve([]) });
  const changed = await runCommand(
    { pool, reports: { loader, host: config.hostname } },
    {
      command,
      selection,
      order: { by, reason: options.reason ?? null },
      now: new Date(),
      onBatch: (client, count) => countAudited(client, audit, count),
    },
  );
  await finishAudit(pool, audit);
  return changed;
}

/** One sentence on why an order for one id can do nothing. */
async function whyNot({ pool }: Connection, selection: Selection, done: string): Promise<string> {
  const rows = (await listQueue(pool, { queueId: selection.queueId!, limit: 1_000 })).filter(
    (row) => selection.recipientNo === undefined || row.recipientNo === selection.recipientNo,
  );
  if (rows.length === 0) return endedSentence(pool, selection.queueId!, selection.recipientNo);
  return stateSentence(rows, done, new Date());
}

/** `; 3 are being attempted and were left alone`. */
function rest(counts: SelectedCounts): string {
  const parts = [
    counts.attempting > 0 ? `${counts.attempting} being attempted by a worker just now and left alone` : '',
    counts.other > 0 ? `${counts.other} in another state` : '',
  ].filter(Boolean);
  return parts.length > 0 ? `; ${parts.join(', ')}` : '';
}

function say(options: OrderOptions, result: object, text: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${text}\n`);
}

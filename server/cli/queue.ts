// `eider queue …`: what waits to be delivered.
import { type Command, Option } from 'commander';
import { listQueue, type QueueRow } from '../delivery/queue-view.store.ts';
import type { LiveState } from '../delivery/states.ts';
import { withConnection } from './connection.ts';
import { addQueueCommands } from './queue-commands.ts';
import { addLimits } from './queue-limits.ts';
import { parseWhole, requireDomain, STATES } from './queue-selection.ts';
import { addShow } from './queue-show.ts';
import { addSuspensions } from './queue-suspensions.ts';
import { addWhy } from './queue-why.ts';
import { duration, table } from './table.ts';
import { requireTenant } from './tenant.ts';

interface ListOptions {
  tenant?: string;
  state?: LiveState;
  domain?: string;
  limit: number;
  json?: boolean;
}

export function addQueue(program: Command): void {
  const queue = program.command('queue').description('the delivery queue');
  queue
    .command('list')
    .description('show what is not delivered yet, oldest first')
    .option('--tenant <slug>', "one tenant's only")
    .addOption(new Option('--state <state>', 'in one state only').choices(STATES))
    .option('--domain <name>', 'to recipients of one domain only')
    .option('--limit <number>', 'the most rows, up to 1000', parseWhole(1, 1_000), 100)
    .option('--json', 'as JSON')
    .action(list);
  addShow(queue);
  addWhy(queue);
  addQueueCommands(queue);
  addSuspensions(queue);
  addLimits(queue);
}

async function list(options: ListOptions): Promise<void> {
  const domain = options.domain === undefined ? undefined : requireDomain(options.domain);
  const rows = await withConnection(async ({ pool }) => {
    const tenantId = options.tenant === undefined ? undefined : (await requireTenant(pool, options.tenant)).id;
    return listQueue(pool, {
      limit: options.limit,
      ...(tenantId !== undefined && { tenantId }),
      ...(options.state !== undefined && { state: options.state }),
      ...(domain !== undefined && { domain }),
    });
  });
  if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else process.stdout.write(rows.length > 0 ? queueTable(rows, new Date()) : 'the queue is empty\n');
}

/** The rows for people; times are counted from `now`. */
export function queueTable(rows: readonly QueueRow[], now: Date): string {
  const cells = rows.map((row) => [
    row.queueId,
    row.state,
    row.lane,
    duration(now.getTime() - row.acceptedAt.getTime()),
    row.dueAt && row.dueAt > now ? `in ${duration(row.dueAt.getTime() - now.getTime())}` : '-',
    String(row.attempts),
    row.reversePath || '<>',
    row.recipient,
    row.reason ?? '',
  ]);
  return table(['QUEUE ID', 'STATE', 'LANE', 'AGE', 'NEXT', 'TRIES', 'FROM', 'TO', 'REASON'], cells);
}

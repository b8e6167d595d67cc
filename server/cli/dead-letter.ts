// `eider dead-letter list|show|replay|purge`: recipients that were given up.
import { type Command, Option } from 'commander';
import { runDeadLetters } from '../delivery/operations/dead-letter-commands.ts';
import { countDeadLetters, type DeadLetter, type DeadLetterFilter, listDeadLetters } from '../delivery/operations/dead-letters.store.ts';
import type { Lane } from '../delivery/enqueue-types.ts';
import { beginAudit, countAudited, finishAudit } from '../infra/audit/audit-log.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { withConnection } from './connection.ts';
import { parseMoment } from './moment.ts';
import { operatorName } from './operator.ts';
import { LANES, parseDeliveryId, parseWhole, requireDomain } from './queue-selection.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';
import { requireTenant } from './tenant.ts';

interface FilterOptions {
  tenant?: string;
  domain?: string;
  lane?: Lane;
  outcome?: 'bounced' | 'expired';
  category?: string;
  recipient?: string;
  since?: string;
  all?: boolean;
}

interface RunOptions extends FilterOptions {
  reason?: string;
  dryRun?: boolean;
  yes?: boolean;
}

const withFilter = (command: Command): Command =>
  command
    .option('--tenant <slug>', "one tenant's only")
    .option('--domain <name>', 'to recipients of one domain only')
    .addOption(new Option('--lane <lane>', 'of one lane only').choices(LANES))
    .addOption(new Option('--outcome <outcome>', 'only those that ended so').choices(['bounced', 'expired']))
    .option('--category <name>', 'of one cause only: userunknown, spamdetected, operator …')
    .option('--recipient <address>', 'to one address only')
    .option('--since <moment>', 'given up from a time on: 2026-11-24T12:00Z, or how long ago: 2h');

export function addDeadLetter(program: Command): void {
  const command = program.command('dead-letter').description('recipients that were given up');
  withFilter(command.command('list').description('show them, the newest first'))
    .option('--limit <number>', 'the most rows', parseWhole(1, 1_000), 100)
    .option('--json', 'as JSON')
    .action(async (options: FilterOptions & { limit: number; json?: boolean }) => {
      const letters = await withConnection(async ({ pool }) => listDeadLetters(pool, await filterFrom(pool, undefined, options), options.limit));
      process.stdout.write(options.json ? `${JSON.stringify(letters, null, 2)}\n` : letterTable(letters) || 'there are no dead letters\n');
    });
  command
    .command('show')
    .description('all about those of one message')
    .argument('<id>', 'a queue id, or with its recipient: <id>:<number>')
    .action(async (id: string) => {
      const letters = await withConnection(async ({ pool }) => listDeadLetters(pool, parseDeliveryId(id), 1_000));
      if (letters.length === 0) throw new Refusal(`there is no dead letter of ${id}; see eider message trace`);
      process.stdout.write(`${JSON.stringify(letters, null, 2)}\n`);
    });
  addRun(command, 'replay', 'send them again, as fresh deliveries of the same messages', 'sent again');
  addRun(command, 'purge', 'throw them away; the event log still tells of them', 'thrown away');
}

function addRun(parent: Command, kind: 'replay' | 'purge', does: string, done: string): void {
  withFilter(parent.command(kind).description(does).argument('[id]', 'a queue id, or with its recipient: <id>:<number>'))
    .option('--all', 'all there are')
    .option('--reason <text>', 'why; kept in the audit log and in the events')
    .option('--dry-run', 'only say how many it would be')
    .option('--yes', 'do it to many without asking again')
    .action(async (id: string | undefined, options: RunOptions) => {
      const { all, reason, dryRun, yes, ...filterOptions } = options;
      if (id === undefined && Object.keys(filterOptions).length === 0 && !all) throw new Refusal('say which: a queue id, a filter (see --help), or --all');
      await withConnection(async ({ pool }) => {
        const filter = await filterFrom(pool, id, options);
        const counts = await countDeadLetters(pool, filter);
        const ready = kind === 'replay' ? counts.replayable : counts.all;
        const lost = counts.all - ready > 0 ? `; the messages of ${counts.all - ready} are past their retention` : '';
        if (dryRun) return void process.stdout.write(`${ready} would be ${done}${lost}\n`);
        if (ready === 0) throw new Refusal(`there are none to be ${done}${lost}`);
        if (ready > 1 && id === undefined && !yes) throw new Refusal(`that is ${ready} dead letters${lost}: say --yes to have them ${done}`);
        const by = operatorName();
        const audit = await beginAudit(pool, { actor: by, action: `dead-letter ${kind}`, target: { ...(id !== undefined && { id }), ...filterOptions }, reason });
        const order = { by, reason: reason ?? null };
        const changed = await runDeadLetters(pool, { kind, filter, order, now: new Date(), onBatch: (client, count) => countAudited(client, audit, count) });
        await finishAudit(pool, audit);
        process.stdout.write(`${changed} ${done}${lost}\n`);
      });
    });
}

async function filterFrom(db: Queryable, id: string | undefined, options: FilterOptions): Promise<DeadLetterFilter> {
  const since = options.since === undefined ? undefined : parseMoment(options.since, new Date(), 'past');
  if (since === null) throw new Refusal(`--since: "${options.since}" is no time: 2026-11-24T12:00Z, or how long ago: 30m, 2h, 7d`);
  const { lane, outcome, category, recipient } = options;
  return {
    ...(id !== undefined && parseDeliveryId(id)),
    ...(options.tenant !== undefined && { tenantId: (await requireTenant(db, options.tenant)).id }),
    ...(options.domain !== undefined && { domain: requireDomain(options.domain) }),
    ...(lane !== undefined && { lane }),
    ...(outcome !== undefined && { outcome }),
    ...(category !== undefined && { category }),
    ...(recipient !== undefined && { recipient }),
    ...(since !== undefined && { since }),
  };
}

export function letterTable(letters: readonly DeadLetter[]): string {
  return table(
    ['QUEUE ID', 'AT', 'TENANT', 'OUTCOME', 'CAUSE', 'TRIES', 'FROM', 'TO', 'AGAIN', 'REASON'],
    letters.map((letter) => [
      `${letter.queueId}:${letter.recipientNo}`,
      letter.at.toISOString().slice(0, 19),
      letter.tenant ?? '-',
      letter.outcome,
      letter.category,
      String(letter.attempts),
      letter.reversePath === null ? '-' : letter.reversePath || '<>',
      letter.recipient,
      letter.replayable ? 'yes' : 'no',
      letter.reason,
    ]),
  );
}

// `eider audit list`: what operators did.
import type { Command } from 'commander';
import { type AuditEntry, listAudit } from '../infra/audit/audit-log.store.ts';
import { withConnection } from './connection.ts';
import { parseMoment } from './moment.ts';
import { parseWhole } from './queue-selection.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';

interface ListOptions {
  action?: string;
  actor?: string;
  since?: string;
  limit: number;
  json?: boolean;
}

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('what operators did')
    .command('list')
    .description('show it, the newest first')
    .option('--action <words>', 'of one kind only: queue, "queue hold"')
    .option('--actor <name>', 'by one only: cli:root')
    .option('--since <moment>', 'from a time on: 2026-11-24T12:00Z, or how long ago: 2h')
    .option('--limit <number>', 'the most entries', parseWhole(1, 1_000), 100)
    .option('--json', 'as JSON')
    .action(async (options: ListOptions) => {
      const since = options.since === undefined ? undefined : parseMoment(options.since, new Date(), 'past');
      if (since === null) throw new Refusal(`--since: "${options.since}" is no time: 2026-11-24T12:00Z, or how long ago: 30m, 2h, 7d`);
      const { action, actor, limit } = options;
      const entries = await withConnection(({ pool }) =>
        listAudit(pool, { limit, ...(action !== undefined && { action }), ...(actor !== undefined && { actor }), ...(since !== undefined && { since }) }),
      );
      process.stdout.write(options.json ? `${JSON.stringify(entries, null, 2)}\n` : auditTable(entries) || 'nothing\n');
    });
}

export function auditTable(entries: readonly AuditEntry[]): string {
  return table(
    ['AT', 'WHO', 'WHAT', 'TO', 'ROWS', 'REASON'],
    entries.map((entry) => [
      entry.at.toISOString(),
      entry.actor,
      entry.action + (entry.finishedAt ? '' : ' (not finished)'),
      Object.entries(entry.target).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' '),
      String(entry.affected),
      entry.reason ?? '',
    ]),
  );
}

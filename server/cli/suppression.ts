// `eider suppression …`: addresses that get nothing more.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SUPPRESSION_RULES, type SuppressionReason } from '../delivery/suppression/suppression-rules.ts';
import {
  deleteSuppressions, eraseSuppressedAddress, findSuppressions, insertSuppression, selectSuppressions, type SuppressionRow,
} from '../delivery/suppression/suppression.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { domainOf, parseAddress } from '../mail/address.ts';
import { withConnection } from './connection.ts';
import { noteOrder } from './note-order.ts';
import { Refusal } from './refusal.ts';
import { duration, table } from './table.ts';
import { requireTenant } from './tenant.ts';

const REASONS = Object.keys(SUPPRESSION_RULES);

export function addSuppression(program: Command): void {
  const suppression = program.command('suppression').description('addresses that get nothing more, of one tenant or of all');
  const reason = () => new Option('--reason <reason>', 'why').choices(REASONS);
  suppression
    .command('list')
    .description('show what is suppressed, newest first')
    .option('--tenant <slug>', "one tenant's and those for all")
    .addOption(reason())
    .option('--limit <number>', 'the most rows, up to 1000', parseLimit, 100)
    .option('--json', 'as JSON')
    .action(list);
  suppression
    .command('add')
    .description('suppress an address')
    .argument('<address>')
    .option('--tenant <slug>', 'for one tenant (default: for all)')
    .addOption(reason().default('manual'))
    .option('--detail <text>', 'a sentence for those who look it up')
    .option('--days <number>', 'ends by itself after so many days', parseDays)
    .action(add);
  suppression
    .command('remove')
    .description('let an address get mail again')
    .argument('<address>')
    .option('--tenant <slug>', "one tenant's (default: those for all)")
    .addOption(reason())
    .action(remove);
  suppression
    .command('check')
    .description('tell whether an address is suppressed; exit code 1 when it is')
    .argument('<address>')
    .option('--tenant <slug>', 'what holds for one tenant')
    .option('--json', 'as JSON')
    .action(check);
  suppression
    .command('erase')
    .description('forget an address in clear; its hash goes on suppressing')
    .argument('<address>')
    .action(async (text: string) => {
      const erased = await withConnection(async ({ pool }) => {
        const count = await eraseSuppressedAddress(pool, addressOf(text));
        await noteOrder(pool, 'suppression erase', {}, { affected: count });
        return count;
      });
      process.stdout.write(`${erased} erased\n`);
    });
}

async function list(options: { tenant?: string; reason?: string; limit: number; json?: boolean }): Promise<void> {
  const rows = await withConnection(async ({ pool }) => {
    const tenantId = await tenantIdOf(pool, options.tenant);
    return selectSuppressions(pool, { limit: options.limit, ...(tenantId !== null && { tenantId }), ...(options.reason !== undefined && { reason: options.reason }) });
  });
  print(rows, options.json, 'nothing is suppressed\n');
}

async function add(text: string, options: { tenant?: string; reason: SuppressionReason; detail?: string; days?: number }): Promise<void> {
  const address = addressOf(text);
  await withConnection(async ({ pool }) => {
    const expiresAt = options.days === undefined ? null : new Date(Date.now() + options.days * 86_400_000);
    await insertSuppression(pool, {
      tenantId: await tenantIdOf(pool, options.tenant), address, reason: options.reason, source: 'operator', detail: options.detail ?? null, queueId: null, expiresAt,
    });
    await noteOrder(pool, 'suppression add', { domain: domainOf(address), tenant: options.tenant, cause: options.reason, days: options.days });
  });
  process.stdout.write(`${address} suppressed for ${options.tenant ?? 'all tenants'}\n`);
}

async function remove(text: string, options: { tenant?: string; reason?: string }): Promise<void> {
  const address = addressOf(text);
  const removed = await withConnection(async ({ pool }) => {
    const count = await deleteSuppressions(pool, { tenantId: await tenantIdOf(pool, options.tenant), address, ...(options.reason !== undefined && { reason: options.reason }) });
    if (count > 0) await noteOrder(pool, 'suppression remove', { domain: domainOf(address), tenant: options.tenant, cause: options.reason }, { affected: count });
    return count;
  });
  if (removed === 0) throw new Refusal(`${address} is not suppressed ${options.tenant === undefined ? 'for all tenants; --tenant names one' : `for ${options.tenant}`}`);
  process.stdout.write(`${removed} removed\n`);
}

async function check(text: string, options: { tenant?: string; json?: boolean }): Promise<void> {
  const address = addressOf(text);
  const rows = await withConnection(async ({ pool }) => findSuppressions(pool, address, (await tenantIdOf(pool, options.tenant)) ?? undefined));
  print(rows, options.json, `${address} is not suppressed\n`);
  if (rows.length > 0) process.exitCode = 1;
}

function print(rows: readonly SuppressionRow[], json: boolean | undefined, none: string): void {
  if (json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else process.stdout.write(rows.length > 0 ? suppressionTable(rows, new Date()) : none);
}

/** The rows for people; times are counted from `now`. */
export function suppressionTable(rows: readonly SuppressionRow[], now: Date): string {
  const cells = rows.map((row) => [
    row.address ?? `(erased) ${row.addressHash.slice(0, 16)}…`,
    row.tenant ?? (row.tenantId === null ? '(all)' : row.tenantId),
    row.reason,
    row.source,
    duration(now.getTime() - row.createdAt.getTime()),
    row.expiresAt ? `in ${duration(row.expiresAt.getTime() - now.getTime())}` : 'never',
    row.detail ?? '',
  ]);
  return table(['ADDRESS', 'TENANT', 'REASON', 'SOURCE', 'AGE', 'ENDS', 'DETAIL'], cells);
}

/** The audit log is kept for good, and an address may have to be forgotten: only its domain stands there. */

function addressOf(text: string): string {
  const parsed = parseAddress(text);
  if (parsed.kind === 'invalid') throw new Refusal(`"${text}": ${parsed.rule}`);
  return parsed.value.address.toLowerCase();
}

async function tenantIdOf(db: Queryable, slug: string | undefined): Promise<string | null> {
  return slug === undefined ? null : (await requireTenant(db, slug)).id;
}

function parseLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('a whole number from 1 to 1000 expected.');
}

function parseDays(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 36_500) return value;
  throw new InvalidArgumentError('a whole number of days from 1 expected.');
}

// `eider reputation`: rates of bounces, complaints and deferrals, what follows from them; pausing and resuming tenants.
import { type Command, InvalidArgumentError } from 'commander';
import { percent, rateOf, type ReputationMeasure } from '../delivery/reputation/reputation-rules.ts';
import {
  pauseTenant, recount, resumeTenant, selectChanges, selectCounts, selectStates, type ReputationChange, type ReputationState, type SubjectCounts,
} from '../delivery/reputation/reputation.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { selectTenantStatuses, type TenantStatus } from '../tenants/tenant.store.ts';
import { withConnection } from './connection.ts';
import { noteOrder } from './note-order.ts';
import { operatorName } from './operator.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';
import { requireTenant } from './tenant.ts';

export interface ReputationView {
  hours: number;
  tenants: TenantStatus[];
  counts: SubjectCounts[];
  states: ReputationState[];
  changes: ReputationChange[];
}

export function addReputation(program: Command): void {
  program
    .command('reputation')
    .description('bounce, complaint and deferral rates by tenant, sending domain and egress address, and what they led to')
    .option('--tenant <slug>', "one tenant's only")
    .option('--hours <number>', 'the window', parseHours, 24)
    .option('--recount', 'count all kept events anew first')
    .option('--json', 'as JSON')
    .action(async (options: { tenant?: string; hours: number; recount?: boolean; json?: boolean }) => {
      const view = await withConnection(async ({ pool }) => {
        if (options.recount) {
          await recount(pool);
          await noteOrder(pool, 'reputation recount', {});
        }
        return readReputation(pool, options);
      });
      process.stdout.write(options.json ? `${JSON.stringify(view, null, 2)}\n` : reputationText(view));
    });
}

/** Adds `pause` and `resume` to `eider tenant`. */
export function addPauses(program: Command): void {
  const tenant = program.commands.find((command) => command.name() === 'tenant')!;
  tenant
    .command('pause')
    .description('stop all sending of a tenant; its mail waits, new mail is refused with the reason')
    .argument('<slug>')
    .requiredOption('--reason <text>', 'what its people are told')
    .option('--hours <number>', 'sends again by itself after so long', parseHours)
    .action(async (slug: string, options: { reason: string; hours?: number }) => {
      await withConnection(async ({ pool }) => {
        const { id } = await requireTenant(pool, slug);
        if (!(await pauseTenant(pool, id, { reason: options.reason, by: operatorName(), hours: options.hours ?? null }))) throw new Refusal(`${slug} is not active`);
        await noteOrder(pool, 'tenant pause', { tenant: slug, hours: options.hours }, { reason: options.reason });
      });
      process.stdout.write(`tenant ${slug} paused\n`);
    });
  tenant
    .command('resume')
    .description('let a paused tenant send again, its rates measured anew')
    .argument('<slug>')
    .action(async (slug: string) => {
      await withConnection(async ({ pool }) => {
        const { id } = await requireTenant(pool, slug);
        if (!(await resumeTenant(pool, id, operatorName()))) throw new Refusal(`${slug} is not paused`);
        await noteOrder(pool, 'tenant resume', { tenant: slug });
      });
      process.stdout.write(`tenant ${slug} resumed\n`);
    });
}

async function readReputation(pool: Queryable, options: { tenant?: string; hours: number }): Promise<ReputationView> {
  const tenantId = options.tenant === undefined ? undefined : (await requireTenant(pool, options.tenant)).id;
  const of = (row: { tenantId: string }): boolean => tenantId === undefined || row.tenantId === tenantId;
  const [tenants, counts, states, changes] = [
    await selectTenantStatuses(pool), await selectCounts(pool, options.hours, tenantId), await selectStates(pool),
    await selectChanges(pool, { limit: 20, ...(tenantId !== undefined && { tenantId }) }),
  ];
  return { hours: options.hours, tenants: tenants.filter((tenant) => tenantId === undefined || tenant.id === tenantId), counts, states: states.filter(of), changes };
}

/** The view for people: rates, then tenants that may not send, then what changed last. */
export function reputationText(view: ReputationView): string {
  const slugs = new Map(view.tenants.map((tenant) => [tenant.id, tenant.slug]));
  const slugOf = (tenantId: string): string => slugs.get(tenantId) ?? '-';
  const rate = (measure: ReputationMeasure, row: SubjectCounts): string => percent(rateOf(measure, row).rate);
  const rows = view.counts.map((row) => {
    const state = view.states.find((entry) => entry.scope === row.scope && entry.tenantId === row.tenantId && entry.key === row.key);
    return [
      row.scope, slugOf(row.tenantId), row.key || '-', String(row.accepted), String(row.delivered), rate('bounce', row), rate('complaint', row), rate('deferral', row),
      state?.level ?? 'ok', state?.reason ?? '',
    ];
  });
  const counts = table(['SCOPE', 'TENANT', 'KEY', 'ACCEPTED', 'DELIVERED', 'BOUNCED', 'COMPLAINED', 'DEFERRED', 'LEVEL', 'WHY'], rows);
  const stopped = view.tenants
    .filter((tenant) => tenant.status !== 'active')
    .map((tenant) => `tenant ${tenant.slug} is ${tenant.status}${tenant.statusBy ? ` by ${tenant.statusBy}` : ''}: ${tenant.statusReason ?? 'no reason given'}${tenant.resumeAt ? `; sends again at ${tenant.resumeAt.toISOString()}` : ''}\n`);
  const changes = view.changes.map((change) => `${change.at.toISOString()} ${change.scope} ${slugOf(change.tenantId)} ${change.key} ${change.level} by ${change.by}: ${change.reason}`.replace(/ {2,}/g, ' '));
  const title = `last ${view.hours} h\n`;
  return `${title}${counts || 'no mail\n'}${stopped.join('')}${changes.length > 0 ? `changes\n${changes.map((line) => `  ${line}\n`).join('')}` : ''}`;
}

function parseHours(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 2_160) return value;
  throw new InvalidArgumentError('a whole number of hours from 1 to 2160 expected.');
}

// `eider queue suspend|resume|suspensions`: stopping new attempts by tenant, domain, lane or MX, for a time or until resumed.
import { type Command, Option } from 'commander';
import type { Lane } from '../delivery/enqueue-types.ts';
import { listSuspensions, resumeDelivery, suspendDelivery, type Suspension, type SuspensionScope } from '../delivery/suspension.store.ts';
import { REPUTATION, resumedPart } from '../delivery/reputation/part-pauses.store.ts';
import { writeAudit } from '../infra/audit/audit-log.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { listTenantSlugs } from '../tenants/tenant.store.ts';
import { withConnection } from './connection.ts';
import { parseMoment } from './moment.ts';
import { operatorName } from './operator.ts';
import { LANES, requireDomain } from './queue-selection.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';
import { requireTenant } from './tenant.ts';

interface ScopeOptions {
  tenant?: string;
  domain?: string;
  lane?: Lane;
  mx?: string;
  from?: string;
}

const withScope = (command: Command): Command =>
  command
    .option('--tenant <slug>', "all of a tenant's mail; with --lane or --from only that part of it")
    .option('--domain <name>', 'all mail to a domain')
    .addOption(new Option('--lane <lane>', 'a whole lane').choices(LANES))
    .option('--from <domain>', 'with --tenant: what it sends as this domain')
    .option('--mx <host>', 'all mail that goes to a host, or, with a dot in front, to hosts under it: .google.com');

export function addSuspensions(queue: Command): void {
  withScope(queue.command('suspend').description('stop new attempts; what is under way ends'))
    .requiredOption('--reason <text>', 'why; whoever asks for a message is told')
    .option('--until <moment>', 'by itself over then: 2026-11-24T12:00Z, or after so long: 2h (until resumed)')
    .action(suspend);
  withScope(queue.command('resume').description('let suspended mail go again')).action(resume);
  queue
    .command('suspensions')
    .description('show what is suspended')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { suspensions, slugs } = await withConnection(async ({ pool }) => ({ suspensions: await listSuspensions(pool), slugs: await listTenantSlugs(pool) }));
      process.stdout.write(options.json ? `${JSON.stringify(suspensions, null, 2)}\n` : suspensionTable(suspensions, slugs) || 'nothing is suspended\n');
    });
}

async function suspend(options: ScopeOptions & { reason: string; until?: string }): Promise<void> {
  const until = options.until === undefined ? null : parseMoment(options.until, new Date(), 'future');
  if (until === null && options.until !== undefined) throw new Refusal(`--until: "${options.until}" is no time: 2026-11-24T12:00Z, or after so long: 30m, 2h, 7d`);
  if (until !== null && until.getTime() <= Date.now()) throw new Refusal(`--until: ${until.toISOString()} is over already`);
  if (options.reason.trim() === '') throw new Refusal('--reason: say why in a few words');
  await withConnection(async ({ pool }) => {
    const { scope, match, name } = await scopeFrom(pool, options);
    const by = operatorName();
    await withTransaction(pool, async (client) => {
      await suspendDelivery(client, { scope, match, reason: options.reason, until, createdBy: by });
      await writeAudit(client, { actor: by, action: 'queue suspend', target: { [scope]: name, until }, reason: options.reason }, 1);
    });
    process.stdout.write(`${scope} ${name} suspended ${until ? `until ${until.toISOString()}` : 'until resumed'}; workers notice within a second\n`);
  });
}

async function resume(options: ScopeOptions): Promise<void> {
  await withConnection(async ({ pool }) => {
    const { scope, match, name } = await scopeFrom(pool, options);
    await withTransaction(pool, async (client) => {
      const ended = await resumeDelivery(client, scope, match);
      if (!ended) throw new Refusal(`${scope} ${name} is not suspended: see eider queue suspensions`);
      const [tenantId, key] = match.split(' ');
      // Otherwise the same rates would stop it again within the minute.
      if (ended.createdBy === REPUTATION) await resumedPart(client, tenantId!, { scope: scope === 'tenant-lane' ? 'lane' : 'domain', key: key! }, operatorName());
      await writeAudit(client, { actor: operatorName(), action: 'queue resume', target: { [scope]: name } }, 1);
    });
    process.stdout.write(`${scope} ${name} resumed\n`);
  });
}

/** What to suspend: exactly one scope. `match` is the table's spelling, `name` the operator's. */
async function scopeFrom(db: Queryable, options: ScopeOptions): Promise<{ scope: SuspensionScope; match: string; name: string }> {
  const { tenant, lane, from } = options;
  const given = (['tenant', 'domain', 'lane', 'mx', 'from'] as const).filter((scope) => options[scope] !== undefined);
  if (tenant !== undefined && given.length === 2 && (lane ?? from) !== undefined) {
    const { id } = await requireTenant(db, tenant);
    if (lane !== undefined) return { scope: 'tenant-lane', match: `${id} ${lane}`, name: `${tenant} ${lane}` };
    const domain = requireDomain(from!);
    return { scope: 'sender-domain', match: `${id} ${domain}`, name: `${tenant} ${domain}` };
  }
  const [scope] = given;
  if (scope === undefined || given.length > 1 || scope === 'from') throw new Refusal('say what, in one way: --tenant, --domain, --lane or --mx; or --tenant with --lane or --from');
  const name = options[scope]!;
  switch (scope) {
    case 'tenant':
      return { scope, match: (await requireTenant(db, name)).id, name };
    case 'domain': {
      const domain = requireDomain(name);
      return { scope, match: domain, name: domain };
    }
    case 'lane':
      return { scope, match: name, name };
    case 'mx': {
      const host = name.toLowerCase().replace(/\.$/, '');
      if (!/^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) throw new Refusal(`--mx: "${name}" is no host name, nor a dot and one`);
      return { scope, match: host, name: host };
    }
  }
}

/** @param slugs of tenants, by id */
export function suspensionTable(suspensions: readonly Suspension[], slugs: ReadonlyMap<string, string>): string {
  return table(
    ['WHAT', 'UNTIL', 'SINCE', 'BY', 'REASON'],
    suspensions.map((entry) => [
      `${entry.scope} ${nameOf(entry, slugs)}`,
      entry.until?.toISOString() ?? 'resumed',
      entry.createdAt.toISOString(),
      entry.createdBy,
      entry.reason,
    ]),
  );
}

/** With tenants by their slug. */
function nameOf({ scope, match }: Suspension, slugs: ReadonlyMap<string, string>): string {
  if (scope !== 'tenant' && scope !== 'tenant-lane' && scope !== 'sender-domain') return match;
  const [tenantId = '', ...rest] = match.split(' ');
  return [slugs.get(tenantId) ?? tenantId, ...rest].join(' ');
}

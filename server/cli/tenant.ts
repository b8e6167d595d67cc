// `eider tenant …`.
import type { Command } from 'commander';
import { createTenant } from '../tenants/create-tenant.ts';
import { selectTenantBySlug, type TenantRow } from '../tenants/tenant.store.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';

export function addTenant(program: Command): void {
  const tenant = program.command('tenant').description('tenants');
  tenant
    .command('create')
    .description('add a tenant')
    .argument('<slug>', 'short name: a-z, 0-9 and hyphens')
    .option('--name <name>', 'name for people (default: the slug)')
    .action(async (slug: string, options: { name?: string }) => {
      const result = await withConnection(({ pool }) => createTenant(pool, { slug, ...options }));
      if (result.kind === 'taken') throw new Refusal(`there is a tenant "${slug}" already`);
      if (result.kind === 'invalid') throw new Refusal(`${result.field}: ${result.rule}`);
      process.stdout.write(`tenant ${slug} created\n`);
    });
}

/** @throws Refusal when there is none */
export async function requireTenant(db: Queryable, slug: string): Promise<TenantRow> {
  const tenant = await selectTenantBySlug(db, slug);
  if (!tenant) throw new Refusal(`there is no tenant "${slug}"`);
  return tenant;
}

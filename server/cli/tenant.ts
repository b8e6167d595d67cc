// `eider tenant …` and `eider domain …`.
import type { Command } from 'commander';
import { createDomain } from '../domains/create-domain.ts';
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

export function addDomain(program: Command): void {
  const domain = program.command('domain').description('hosted domains');
  domain
    .command('add')
    .description('host a domain for a tenant, with DKIM keys of its own')
    .argument('<name>', 'such as example.com')
    .requiredOption('--tenant <slug>', 'whose it is')
    .action(async (name: string, options: { tenant: string }) => {
      await withConnection(async ({ pool, secretBox }) => {
        const tenant = await requireTenant(pool, options.tenant);
        const result = await createDomain(pool, secretBox(), { tenantId: tenant.id, name });
        if (result.kind === 'taken') throw new Refusal(`${result.name} is hosted already`);
        if (result.kind === 'invalid') throw new Refusal(`"${name}": ${result.rule}`);
        process.stdout.write(`domain ${result.name} added to ${tenant.slug}\n`);
      });
    });
}

/** @throws Refusal when there is none */
export async function requireTenant(db: Queryable, slug: string): Promise<TenantRow> {
  const tenant = await selectTenantBySlug(db, slug);
  if (!tenant) throw new Refusal(`there is no tenant "${slug}"`);
  return tenant;
}

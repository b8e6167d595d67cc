// Adding a tenant.
import type { Queryable } from '../infra/db/pool.ts';
import { insertTenant } from './tenant.store.ts';

export type CreateTenantResult =
  | { kind: 'created'; tenantId: string }
  | { kind: 'taken' }
  | { kind: 'invalid'; field: 'slug' | 'name'; rule: string };

/** What stands in addresses and commands for the tenant; the database checks the same. */
const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_NAME = 200;

/** @param input.name for people; the slug when empty */
export async function createTenant(db: Queryable, input: { slug: string; name?: string }): Promise<CreateTenantResult> {
  const name = input.name?.trim() || input.slug;
  if (!SLUG.test(input.slug)) {
    return { kind: 'invalid', field: 'slug', rule: 'letters a-z, digits and hyphens, at most 63, no hyphen at either end' };
  }
  if (name.length > LONGEST_NAME) return { kind: 'invalid', field: 'name', rule: `at most ${LONGEST_NAME} characters` };
  const tenantId = await insertTenant(db, { slug: input.slug, name });
  return tenantId ? { kind: 'created', tenantId } : { kind: 'taken' };
}

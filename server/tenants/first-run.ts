// The first tenant with its domain and accounts, so that a new installation can be signed in to. Happens once; killed
// half-way, it is completed by the next start with the same passwords.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createDomain } from '../domains/create-domain.ts';
import type { SecretBox } from '../infra/crypto/secret-box.ts';
import { createAccount, type AccountDeps } from './create-account.ts';
import { createTenant } from './create-tenant.ts';
import { randomPassword } from './password.ts';
import { countTenants, selectTenantBySlug, type AccountRole } from './tenant.store.ts';

export const FIRST_TENANT = 'eider';
export const FIRST_DOMAIN = 'eider.test';

const ACCOUNTS: { name: string; displayName: string; role: AccountRole }[] = [
  { name: 'admin', displayName: 'Eider Admin', role: 'operator' },
  { name: 'alice', displayName: 'Alice Hale', role: 'user' },
  { name: 'bob', displayName: 'Bob Okafor', role: 'user' },
];

interface Credentials {
  address: string;
  password: string;
}

/** What stands in first-run.json (0600). */
export interface FirstRunFile {
  tenant: string;
  admin: Credentials;
  accounts: Credentials[];
}

export type FirstRunResult = 'made' | 'there' | 'not-first';

/**
 * Makes tenant, domain and accounts unless `path` tells that it was done, or the database has tenants from elsewhere.
 * The passwords are written down (beside `path`) before the first account exists, and moved to `path` when all do.
 */
export async function firstRun(deps: AccountDeps & { secretBox: SecretBox }, path: string): Promise<FirstRunResult> {
  if (existsSync(path)) return 'there';
  const begun = `${path}.begun`;
  if (!existsSync(begun)) {
    if ((await countTenants(deps.pool)) > 0) return 'not-first';
    writeFileSync(`${begun}.new`, `${JSON.stringify(plan(), null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${begun}.new`, begun);
  }
  const planned = readPlan(begun);
  const tenantId = await firstTenant(deps);
  const domain = await createDomain(deps.pool, deps.secretBox, { tenantId, name: FIRST_DOMAIN });
  if (domain.kind === 'invalid') throw new Error(`${FIRST_DOMAIN}: ${domain.rule}`);
  const credentials = [planned.admin, ...planned.accounts];
  for (const [index, { displayName, role }] of ACCOUNTS.entries()) {
    const { address, password } = credentials[index]!;
    const result = await createAccount(deps, { tenantId, address, password, displayName, role });
    if (result.kind !== 'created' && result.kind !== 'exists') throw new Error(`${address} cannot be made: ${result.kind}`);
  }
  renameSync(begun, path);
  return 'made';
}

async function firstTenant(deps: AccountDeps): Promise<string> {
  const made = await createTenant(deps.pool, { slug: FIRST_TENANT, name: 'Eider' });
  if (made.kind === 'created') return made.tenantId;
  const tenant = await selectTenantBySlug(deps.pool, FIRST_TENANT);
  if (!tenant) throw new Error(`tenant ${FIRST_TENANT} cannot be made`);
  return tenant.id;
}

function plan(): FirstRunFile {
  const [admin, ...accounts] = ACCOUNTS.map(({ name }) => ({ address: `${name}@${FIRST_DOMAIN}`, password: randomPassword() }));
  return { tenant: FIRST_TENANT, admin: admin!, accounts };
}

function readPlan(path: string): FirstRunFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as FirstRunFile;
  } catch (error) {
    // Renamed into place whole, so this is somebody's edit: keeping it would stop every start.
    rmSync(path, { force: true });
    throw new Error(`${path} was unreadable and has been removed; start again`, { cause: error });
  }
}

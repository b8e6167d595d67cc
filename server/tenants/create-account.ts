// Adding an account: its row here and its user in the mail store. The row comes first and is completed with the
// store's id, so that a crash in between leaves something that the next call finishes.
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import type { Pool } from '../infra/db/pool.ts';
import type { WildduckClient } from '../infra/wildduck/client.ts';
import { parseAddress } from '../mail/address.ts';
import { passwordFault } from './password.ts';
import {
  completeAccount, deleteIncompleteAccount, insertAccount, selectAccountByAddress, type AccountRole, type AccountRow,
} from './tenant.store.ts';

export interface CreateAccountInput {
  tenantId: string;
  /** In any case; its domain must be one of the tenant's. */
  address: string;
  password: string;
  displayName?: string;
  role?: AccountRole;
  /** Bytes; unset for no limit. */
  quotaBytes?: number;
}

export type CreateAccountResult =
  | { kind: 'created'; accountId: string; address: string }
  /** The tenant has this account already, complete; nothing was changed, the password neither. */
  | { kind: 'exists'; accountId: string; address: string }
  /** Another tenant's, or an alias in the mail store. */
  | { kind: 'taken'; address: string }
  | { kind: 'invalid'; field: 'address' | 'password' | 'displayName'; rule: string };

export interface AccountDeps {
  pool: Pool;
  wildduck: WildduckClient;
}

const LONGEST_DISPLAY_NAME = 200;

/**
 * Creates an account that can sign in with its full address. Idempotent: a call that was cut short is completed by
 * the next one with the same address, which sets its password.
 * @throws WildduckError when the mail store cannot be asked; the next call completes what is missing
 */
export async function createAccount(deps: AccountDeps, input: CreateAccountInput): Promise<CreateAccountResult> {
  const checked = await check(deps, input);
  if (checked.kind === 'invalid') return checked;
  const { address, displayName } = checked;
  const row =
    (await insertAccount(deps.pool, { tenantId: input.tenantId, address, displayName, role: input.role ?? 'user' })) ??
    (await selectAccountByAddress(deps.pool, address));
  if (!row || row.tenantId !== input.tenantId) return { kind: 'taken', address };
  if (row.wildduckUserId !== null) return { kind: 'exists', accountId: row.id, address };
  return complete(deps, row, input);
}

async function check(
  { pool }: AccountDeps,
  input: CreateAccountInput,
): Promise<{ kind: 'fine'; address: string; displayName: string } | Extract<CreateAccountResult, { kind: 'invalid' }>> {
  const parsed = parseAddress(input.address.trim().toLowerCase());
  if (parsed.kind === 'invalid') return { kind: 'invalid', field: 'address', rule: parsed.rule };
  const hosted = await findHostedDomain(pool, parsed.value.domain);
  if (hosted?.tenantId !== input.tenantId) {
    return { kind: 'invalid', field: 'address', rule: `${parsed.value.domain} is no domain of this tenant` };
  }
  const fault = passwordFault(input.password);
  if (fault) return { kind: 'invalid', field: 'password', rule: fault };
  const displayName = input.displayName?.trim() ?? '';
  if (displayName.length > LONGEST_DISPLAY_NAME) {
    return { kind: 'invalid', field: 'displayName', rule: `at most ${LONGEST_DISPLAY_NAME} characters` };
  }
  return { kind: 'fine', address: parsed.value.address, displayName };
}

async function complete(deps: AccountDeps, row: AccountRow, input: CreateAccountInput): Promise<CreateAccountResult> {
  const { address } = row;
  const outcome = await deps.wildduck.createUser({
    username: address,
    address,
    password: input.password,
    ...(row.displayName && { name: row.displayName }),
    ...(input.quotaBytes !== undefined && { quotaBytes: input.quotaBytes }),
  });
  let userId: string;
  if (outcome.kind === 'created') {
    ({ userId } = outcome);
  } else {
    // The user of an earlier call that was cut short, or an alias that stands in the way.
    const found = await deps.wildduck.resolveUsername(address);
    if (!found) {
      await deleteIncompleteAccount(deps.pool, row.id);
      return { kind: 'taken', address };
    }
    userId = found;
    await deps.wildduck.updateUser(userId, { password: input.password });
  }
  // The one special folder that WildDuck doesn't make by itself; `exists` after an earlier call is fine.
  await deps.wildduck.createMailbox(userId, 'Archive');
  await completeAccount(deps.pool, row.id, userId);
  return { kind: 'created', accountId: row.id, address };
}

// Setting an account's password without the old one: for operators and administrators.
import { passwordFault } from './password.ts';
import { selectAccountByAddress } from './tenant.store.ts';
import type { AccountDeps } from './create-account.ts';

export type SetPasswordResult =
  | { kind: 'set'; accountId: string }
  | { kind: 'unknown' }
  | { kind: 'invalid'; field: 'password'; rule: string };

/**
 * Sets the password of the account with `address`. Ends no session: that is the web layer's.
 * @throws WildduckError when the mail store cannot be asked; the old password then stays
 */
export async function setPassword(deps: AccountDeps, input: { address: string; password: string }): Promise<SetPasswordResult> {
  const fault = passwordFault(input.password);
  if (fault) return { kind: 'invalid', field: 'password', rule: fault };
  const account = await selectAccountByAddress(deps.pool, input.address.trim().toLowerCase());
  if (!account?.wildduckUserId) return { kind: 'unknown' };
  await deps.wildduck.updateUser(account.wildduckUserId, { password: input.password });
  return { kind: 'set', accountId: account.id };
}

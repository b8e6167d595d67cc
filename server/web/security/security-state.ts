// What an account's security settings are, and the noting of each change to them.
import { readFactors } from '../../factors/factor.store.ts';
import { listPasskeys } from '../../factors/passkey.store.ts';
import { relyingParty } from '../../factors/relying-party.ts';
import type { ActivityItem, SecurityState } from '../contract/security.ts';
import type { Services } from '../services.ts';
import { listLoginEvents, recordLoginEvent, type LoginEvent } from '../session/login-event.store.ts';
import type { Session } from '../session/session.store.ts';
import type { Visitor } from '../session/sign-in.ts';

export async function readSecurity(services: Services, { accountId }: { accountId: string }): Promise<SecurityState> {
  const [factors, passkeys] = await Promise.all([readFactors(services.pool, accountId), listPasskeys(services.pool, accountId)]);
  return {
    twoStep: factors.twoStep,
    totp: factors.totp,
    recoveryCodesLeft: factors.recoveryCodesLeft,
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt, backedUp }) => ({
      id,
      name,
      backedUp,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
    passkeysPossible: relyingParty(services.config.publicUrl) !== null,
  };
}

/** Who did something, as the trail keeps it. */
export interface Actor {
  session: Session;
  visitor: Visitor;
}

/** Adds to the account's trail. */
export async function noteChange(services: Services, { session, visitor }: Actor, kind: LoginEvent['kind'], more: Pick<LoginEvent, 'method' | 'detail'> = {}): Promise<void> {
  const { tenantId, accountId, address } = session;
  await recordLoginEvent(services.pool, { kind, tenantId, accountId, address, ip: visitor.ip, userAgent: visitor.userAgent, ...more });
}

/** Sign-ins, refusals and changes, newest first. */
export async function readActivity(services: Services, session: Session, limit: number): Promise<ActivityItem[]> {
  return (await listLoginEvents(services.pool, session, limit)).map((row) => ({ ...row, at: row.at.toISOString() }));
}

// GET /api/me: everything about the signed-in account that the app shows or needs.
import { COMPOSE_LIMITS } from '../contract/compose.ts';
import type { Identity, Me } from '../contract/session.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { identityName } from './identity-name.ts';
import { readSettings } from './settings.store.ts';

/** A mail store that is away costs the aliases and the quota, not the answer. */
export async function readMe(services: Services, session: Session): Promise<Me> {
  const noted = (error: unknown) => services.log.warn({ err: (error as Error).message }, 'account facts are missing');
  const [settings, identities, quota] = await Promise.all([
    readSettings(services.pool, session.accountId),
    services.facts.identities(session).catch((error: unknown): Identity[] => (noted(error), [])),
    services.facts.quota(session).catch((error: unknown) => (noted(error), { usedBytes: 0, limitBytes: 0 })),
  ]);
  const main: Identity = { address: session.address, name: '', main: true };
  return {
    account: { id: session.accountId, address: session.address, displayName: settings.displayName, role: session.role },
    identities: (identities.length > 0 ? identities : [main]).map((identity) => ({ ...identity, name: identityName(settings, identity) })),
    settings,
    quota,
    limits: { ...COMPOSE_LIMITS },
    remembered: session.persistent,
    csrfToken: services.sessions.csrfToken(session),
  };
}

// The name that an address of an account sends as.
import type { Identity, Settings } from '../contract/session.ts';

/** Its own, else the account's, else the mail store's; '' when nobody gave one. */
export function identityName(settings: Settings, identity: Pick<Identity, 'address' | 'name'>): string {
  const own = settings.identities.find((profile) => profile.address.toLowerCase() === identity.address.toLowerCase());
  return own?.name || settings.displayName || identity.name;
}

// Which signature goes with which address.
import type { Settings } from '../../../server/web/contract/session.ts';

/** Its own, else the account's. */
export function signatureOf(settings: Settings, address: string): string {
  const own = settings.identities.find((profile) => profile.address.toLowerCase() === address.toLowerCase());
  return own?.signatureHtml ?? settings.signatureHtml;
}

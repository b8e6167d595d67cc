// Whether an address leads to one of an account's own, as WildDuck counts: without plus-tags and dots, in any
// case, wildcard addresses included. Pure.
import { parseDomain } from '../../server/mail/address.ts';

/** The form that two spellings of one mailbox share. */
export function mailboxForm(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).normalize('NFC').toLowerCase().replace(/\+.*$/s, '').replace(/\./g, '');
  const domain = address.slice(at + 1);
  return `${local}@${parseDomain(domain) ?? domain.toLowerCase()}`;
}

/**
 * @param own the account's addresses; `*@example.com`, `*-news@example.com` and `name@*` are wildcards
 */
export function leadsTo(own: readonly string[], address: string): boolean {
  const wanted = mailboxForm(address);
  const [wantedLocal, wantedDomain] = split(wanted);
  return own.some((candidate) => {
    const form = mailboxForm(candidate);
    if (form === wanted) return true;
    const [local, domain] = split(form);
    if (domain === '*') return local === wantedLocal;
    return local.startsWith('*') && domain === wantedDomain && wantedLocal.endsWith(local.slice(1));
  });
}

function split(address: string): [string, string] {
  const at = address.lastIndexOf('@');
  return [address.slice(0, at), address.slice(at + 1)];
}

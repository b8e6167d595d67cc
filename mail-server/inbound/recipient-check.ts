// Whether the MX takes mail for an address. Owns the rules and their replies, RFC 5321 3.6.2 and 7.9.
import { domainOf } from '../../server/mail/address.ts';
import type { Reply } from '../smtp/reply-error.ts';
import type { Mailbox } from './mailbox-store.ts';

export type RecipientCheck = { kind: 'accepted'; mailbox: Mailbox } | { kind: 'refused'; reply: Reply };

export interface RecipientSources {
  isHosted(domain: string): Promise<boolean>;
  findMailbox(address: string): Promise<Mailbox | null>;
  /** Who answers for a domain when nobody has its `postmaster@` or `abuse@`. */
  findResponsible(domain: string): Promise<Mailbox | null>;
  /** The domain that a bare `postmaster` means (RFC 5321 4.5.1). */
  homeDomain: string;
}

/** Every domain must take mail for these (RFC 5321 4.5.1, RFC 2142 4). */
const REQUIRED = /^(?:postmaster|abuse)(?:\+[^@]*)?@/i;

const refused = (code: number, text: string): RecipientCheck => ({ kind: 'refused', reply: { code, text } });

/**
 * @param announcedBytes the SIZE of MAIL FROM, 0 when it gave none
 * @returns the mailbox, or the reply that names the reason
 */
export async function checkRecipient(sources: RecipientSources, address: string, announcedBytes: number): Promise<RecipientCheck> {
  const whole = /^postmaster$/i.test(address) ? `postmaster@${sources.homeDomain}` : address;
  const domain = domainOf(whole);
  if (!(await sources.isHosted(domain))) return refused(550, '5.7.1 Relaying denied: this server takes no mail for that domain');
  const mailbox = (await sources.findMailbox(whole)) ?? (REQUIRED.test(whole) ? await sources.findResponsible(domain) : null);
  if (!mailbox) return refused(550, '5.1.1 No such mailbox here');
  if (mailbox.closed) return refused(550, '5.2.1 Mailbox is closed');
  if (mailbox.freeBytes <= 0 || mailbox.freeBytes < announcedBytes) return refused(552, '5.2.2 Mailbox is full');
  return { kind: 'accepted', mailbox };
}

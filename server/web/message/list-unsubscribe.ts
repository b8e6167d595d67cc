// List-Unsubscribe (RFC 2369) and its one-click form (RFC 8058).
import { firstField, type HeaderFields } from './header-block.ts';

export interface Unsubscribe {
  oneClick: boolean;
  url: string | null;
  mailto: string | null;
}

/**
 * The ways to unsubscribe that a message offers, or null. One-click counts only over HTTPS and only when the
 * message's sender was verified: RFC 8058 section 4 asks for a DKIM signature over both fields.
 * @param verified the sender's domain passed DMARC
 */
export function readUnsubscribe(fields: HeaderFields, verified: boolean): Unsubscribe | null {
  const value = firstField(fields, 'list-unsubscribe');
  if (value === null) return null;
  const targets = [...value.matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => match[1]!).filter((target) => target.length <= 4000);
  const url = targets.find((target) => /^https?:\/\//i.test(target) && URL.canParse(target)) ?? null;
  const mailto = targets.find((target) => /^mailto:[^?\s]+@[^?\s]+/i.test(target)) ?? null;
  if (url === null && mailto === null) return null;
  const post = firstField(fields, 'list-unsubscribe-post');
  const oneClick = verified && url !== null && /^https:/i.test(url) && post !== null && /^List-Unsubscribe\s*=\s*One-Click$/i.test(post);
  return { oneClick, url, mailto };
}

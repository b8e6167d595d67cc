// Recipients as typed: splitting pasted lists, reading "Name <address>", and the check before the server's own.
import type { MailAddress } from '../../../server/web/contract/shapes.ts';

export interface Recipient extends MailAddress {
  /** False: not a complete address; shown, but not sendable. */
  valid: boolean;
}

const ATOM = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/**
 * Whether it can be an address (RFC 5321 section 4.1.2, with the internationalised letters of RFC 6531): a dot-atom
 * or quoted local part of at most 64 octets and a domain of two labels or more.
 */
export function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > 320) return false;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  const quoted = /^"(?:[^"\\\r\n]|\\[^\r\n])+"$/.test(local);
  if ((!quoted && !ATOM.test(local)) || new TextEncoder().encode(local).length > 64) return false;
  const labels = domain.split('.');
  return domain.length <= 255 && labels.length >= 2 && labels.every((label) => LABEL.test(label));
}

/** One entry: "Ada Lovelace <ada@example.com>", "<ada@example.com>" or "ada@example.com". */
export function parseRecipient(text: string): Recipient {
  const entry = text.trim().replace(/^mailto:/i, '');
  const match = /^(.*?)\s*<([^<>]*)>$/s.exec(entry);
  const address = (match ? match[2]! : entry).trim();
  const name = match ? match[1]!.trim().replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1').trim() : '';
  return { name, address, valid: isAddress(address) };
}

/** Cuts at commas, semicolons and line ends, but not within quotes or angle brackets. */
export function splitRecipients(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let angled = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (char === '<' && !quoted) angled = true;
    else if (char === '>' && !quoted) angled = false;
    if (/[,;\n\r\t]/.test(char) && !quoted && !(angled && char !== '\n')) {
      parts.push(part);
      part = '';
      angled = false;
    } else part += char;
  }
  parts.push(part);
  return parts.map((each) => each.trim()).filter(Boolean);
}

/** All entries of a text. Bare addresses separated by spaces only are several. */
export function parseRecipients(text: string): Recipient[] {
  return splitRecipients(text).flatMap((part) => {
    const words = part.split(/\s+/);
    return words.length > 1 && words.every((word) => isAddress(word)) ? words.map(parseRecipient) : [parseRecipient(part)];
  });
}

/** Adds those that aren't there yet, comparing addresses without case. */
export function addRecipients(now: readonly Recipient[], more: readonly Recipient[]): Recipient[] {
  const present = new Set(now.map((each) => each.address.toLowerCase()));
  return [...now, ...more.filter((each) => !present.has(each.address.toLowerCase()) && present.add(each.address.toLowerCase()))];
}

// Mail addresses as SMTP knows them (RFC 5321 4.1.2, RFC 6531 3.3): parsing, one normal form, domains in
// A-labels. Display names, comments and groups of header fields are not here.
import { domainToASCII, domainToUnicode } from 'node:url';
import { isIP } from 'node:net';

export interface Address {
  /** Normal form: local part quoted only where it must be, domain in A-labels and lower case. */
  address: string;
  /** Unquoted. */
  localPart: string;
  /** A-labels, lower case; or an address literal with its brackets. */
  domain: string;
  /** The local part is not ASCII: every hop needs SMTPUTF8 (RFC 6531). */
  needsSmtputf8: boolean;
  isLiteral: boolean;
}

export type ParsedAddress = { kind: 'address'; value: Address } | { kind: 'invalid'; rule: string };

const invalid = (rule: string): ParsedAddress => ({ kind: 'invalid', rule });

/** RFC 5322 atext, and with RFC 6531 anything beyond ASCII that is not a control, space or lone surrogate. */
const ATOM = /^(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]|[^\x00-\xa0\s\p{Cc}\p{Cs}\p{Cf}])+$/u;
/** RFC 5321 QcontentSMTP after unescaping: printable ASCII or UTF-8. */
const QUOTED_CONTENT = /^(?:[\x20-\x7e]|[^\x00-\xa0\p{Cc}\p{Cs}])*$/u;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

const MAX_LOCAL_OCTETS = 64;
/** RFC 5321 4.5.3.1.3: a path of 256 octets with its angle brackets. */
const MAX_ADDRESS_OCTETS = 254;

/**
 * Parses `local@domain` as it stands in a path, without angle brackets.
 * @returns the address in normal form, or the rule that it breaks, in words for people
 */
export function parseAddress(text: string): ParsedAddress {
  const at = text.lastIndexOf('@');
  if (at < 0) return invalid('an address has the form name@domain');
  const local = parseLocalPart(text.slice(0, at));
  if (typeof local !== 'string') return invalid(local.rule);
  if (Buffer.byteLength(local) > MAX_LOCAL_OCTETS) return invalid(`the part before @ has at most ${MAX_LOCAL_OCTETS} octets`);
  const rawDomain = text.slice(at + 1);
  const isLiteral = rawDomain.startsWith('[');
  const domain = isLiteral ? parseLiteral(rawDomain) : parseDomain(rawDomain);
  if (domain === null) return invalid('the part after @ is not a domain name');
  const address = `${quoteLocalPart(local)}@${domain}`;
  if (Buffer.byteLength(address) > MAX_ADDRESS_OCTETS) return invalid(`an address has at most ${MAX_ADDRESS_OCTETS} octets`);
  return { kind: 'address', value: { address, localPart: local, domain, needsSmtputf8: !isAscii(local), isLiteral } };
}

/** What stands after the last @, as written; all of it where there is none. For addresses that were checked before. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** The A-label, lower-case form of a domain name (a dot at the end is dropped), or null when it is none. */
export function parseDomain(text: string): string | null {
  let name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (!isAscii(name)) {
    // UTS #46, as browsers do. It would also read 0x7f.1 as an IPv4 address, so ASCII never goes there.
    name = domainToASCII(name);
    if (name === '' || isIP(name) !== 0) return null;
  }
  name = name.toLowerCase();
  if (name.length > 253 || name.length === 0) return null;
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) return null;
  // A top-level domain is never a number (RFC 3696 2): such a name is an IPv4 address in disguise.
  if (/^\d+$/.test(labels.at(-1)!)) return null;
  return name;
}

/** A domain for people: A-labels as Unicode where that round-trips. */
export function displayDomain(domain: string): string {
  if (!domain.includes('xn--')) return domain;
  const unicode = domainToUnicode(domain);
  return domainToASCII(unicode) === domain ? unicode : domain;
}

/** The local part as it is written in a path: as it is when it is a dot-string, otherwise quoted. */
export function quoteLocalPart(local: string): string {
  if (local !== '' && local.split('.').every((atom) => ATOM.test(atom))) return local;
  return `"${local.replace(/["\\]/g, '\\$&')}"`;
}

function parseLocalPart(text: string): string | { rule: string } {
  if (text.startsWith('"')) {
    const quoted = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(text);
    if (!quoted) return { rule: 'the quotation marks before @ do not close' };
    const content = quoted[1]!.replace(/\\([\s\S])/g, '$1');
    if (!QUOTED_CONTENT.test(content)) return { rule: 'control characters are not allowed before @' };
    return content.normalize('NFC');
  }
  if (text === '') return { rule: 'nothing stands before @' };
  for (const atom of text.split('.')) {
    if (atom === '') return { rule: 'dots before @ stand between other characters' };
    if (!ATOM.test(atom)) return { rule: 'a character before @ is not allowed without quotation marks' };
  }
  return text.normalize('NFC');
}

function parseLiteral(text: string): string | null {
  if (!text.endsWith(']')) return null;
  const inner = text.slice(1, -1);
  const v6 = /^IPv6:(.+)$/i.exec(inner);
  if (v6) return isIP(v6[1]!) === 6 ? `[IPv6:${v6[1]!.toLowerCase()}]` : null;
  return isIP(inner) === 4 ? text : null;
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text);
}

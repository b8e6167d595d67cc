// Reads who a message says it is from. Pure; owns which forms of From and Sender are taken at all.
import addressparser from 'nodemailer/lib/addressparser';
import { headerValue, type HeaderField } from '../../server/mail/header.ts';
import { parseAddress } from '../../server/mail/address.ts';

export type Authors = { kind: 'authors'; from: string[]; sender: string | null } | { kind: 'invalid'; rule: string };

const invalid = (rule: string): Authors => ({ kind: 'invalid', rule });

/**
 * The addresses of From (RFC 5322 3.6.2: exactly one field, at least one address) and of Sender, in normal
 * form. Stricter than a reader would be: a field that two programs may read differently is refused, because
 * one of them decides whose mail it is and the other shows it.
 */
export function readAuthors(fields: HeaderField[]): Authors {
  const count = (name: string) => fields.filter((field) => field.name.toLowerCase() === name).length;
  if (count('from') === 0) return invalid('From: the field is missing');
  if (count('from') > 1) return invalid('From: the field stands more than once');
  if (count('sender') > 1) return invalid('Sender: the field stands more than once');
  const from = addressesOf(headerValue(fields, 'from') ?? '');
  if (!from) return invalid('From: not a list of addresses');
  const senderText = headerValue(fields, 'sender');
  const sender = senderText === undefined ? null : addressesOf(senderText);
  if (senderText !== undefined && sender?.length !== 1) return invalid('Sender: exactly one address expected');
  return { kind: 'authors', from, sender: sender ? sender[0]! : null };
}

/**
 * Every address in the value in normal form, or null when it holds none or something that is none. What
 * looks like an address in an unquoted display name counts too: a reader may take it for the author.
 */
function addressesOf(value: string): string[] | null {
  const text = Buffer.from(value, 'latin1').toString('utf8');
  const named = addressparser(text, { flatten: true }).map((entry) => entry.address);
  const plain = text.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/\((?:[^()\\]|\\.)*\)/g, '');
  const lookalikes = plain.match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g) ?? [];
  if (named.length === 0) return null;
  const found = new Set<string>();
  for (const address of [...named, ...lookalikes]) {
    const parsed = parseAddress(address);
    if (parsed.kind === 'invalid') return null;
    found.add(parsed.value.address);
  }
  return [...found];
}

// From WildDuck's message document to what the mailbox index takes in. Pure mapping; decodes encoded words.
import libmime from 'libmime';
import type { Document } from 'mongodb';
import { mendHeader } from './mend-header.ts';

export interface StoredAddress {
  name: string;
  address: string;
}

/** A message as the store holds it, with all that the index needs and nothing of MIME. */
export interface StoredMessage {
  mailboxId: string;
  uid: number;
  /** Stays the same when the message is moved or copied. */
  messageKey: string;
  modseq: number;
  flags: string[];
  receivedAt: Date;
  /** From the Date header; `receivedAt` when there was none that made sense. */
  sentAt: Date;
  /** Message-ID without angle brackets. */
  internetId: string;
  /** Ids in References and In-Reply-To, oldest first, without angle brackets. */
  references: string[];
  subject: string;
  from: StoredAddress[];
  replyTo: StoredAddress[];
  to: StoredAddress[];
  cc: StoredAddress[];
  bcc: StoredAddress[];
  listId: string | null;
  sizeBytes: number;
  attachments: { filename: string; contentType: string; related: boolean }[];
  /** Plain text parts, at most 100 KiB. */
  text: string;
  /** HTML parts, at most 640 KiB. */
  html: string[];
}

const HEADERS = ['message-id', 'in-reply-to', 'references', 'from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'list-id'];

/** Only what is used: a document also carries every header and the MIME tree with small bodies. */
export const CONTENT_PROJECTION: Record<string, 1> = {
  root: 1, mailbox: 1, uid: 1, modseq: 1, flags: 1, idate: 1, hdate: 1, msgid: 1, subject: 1, size: 1,
  attachments: 1, text: 1, textFooter: 1, html: 1,
  ...Object.fromEntries(HEADERS.map((name) => [`mimeTree.parsedHeader.${name}`, 1 as const])),
};

/**
 * Maps one document read with CONTENT_PROJECTION. Never throws for what a sender could have written.
 * @param lines the header's lines as they came, for documents with damaged fields (mend-header.ts)
 */
export function toStoredMessage(row: Document, lines?: readonly string[]): StoredMessage {
  const read = (row['mimeTree'] as { parsedHeader?: Record<string, unknown> } | undefined)?.parsedHeader ?? {};
  const mended = lines ? mendHeader(String(row['subject'] ?? ''), read, lines) : undefined;
  const header = mended?.parsedHeader ?? read;
  const arrived = receivedAt(row);
  const from = addresses(header['from']);
  return {
    mailboxId: String(row['mailbox']),
    uid: Number(row['uid']),
    messageKey: String(row['root'] ?? row['_id']),
    modseq: Number(row['modseq'] ?? 0),
    flags: (row['flags'] as string[] | undefined) ?? [],
    receivedAt: arrived,
    sentAt: validDate(row['hdate']) ?? arrived,
    internetId: messageIds(row['msgid'])[0] ?? '',
    references: [...new Set([...messageIds(header['references']), ...messageIds(header['in-reply-to'])])],
    subject: clean(mended?.subject === undefined ? String(row['subject'] ?? '') : decodeWords(mended.subject)),
    from: from.length > 0 ? from : addresses(header['sender']),
    replyTo: addresses(header['reply-to']),
    to: addresses(header['to']),
    cc: addresses(header['cc']),
    bcc: addresses(header['bcc']),
    listId: listId(header['list-id']),
    sizeBytes: Number(row['size'] ?? 0),
    attachments: ((row['attachments'] as Document[] | undefined) ?? []).map((file) => ({
      filename: clean(decodeWords(String(file['filename'] ?? ''))),
      contentType: String(file['contentType'] ?? ''),
      related: file['related'] === true,
    })),
    text: clean(`${row['text'] ?? ''}${row['textFooter'] ?? ''}`),
    html: ((row['html'] as string[] | undefined) ?? []).map(clean),
  };
}

/** A document's internal date. */
export function receivedAt(row: Document): Date {
  return validDate(row['idate']) ?? new Date(0);
}

type AddressEntry = { name?: unknown; address?: unknown; group?: unknown };

/** Groups are flattened to their members; entries without an address keep their name, so that they can be shown. */
function addresses(value: unknown): StoredAddress[] {
  if (!Array.isArray(value)) return [];
  return (value as (AddressEntry | null)[]).flatMap((entry): StoredAddress[] => {
    if (!entry) return [];
    if (Array.isArray(entry.group)) return addresses(entry.group);
    const address = clean(String(entry.address ?? '')).trim().toLowerCase();
    const name = clean(decodeWords(String(entry.name ?? ''))).trim();
    return address === '' && name === '' ? [] : [{ name, address }];
  });
}

/** Every `<…>` in a header, or its words when nobody wrote angle brackets. */
function messageIds(value: unknown): string[] {
  const text = clean(Array.isArray(value) ? value.join(' ') : String(value ?? ''));
  const bracketed = [...text.matchAll(/<([^<>\s]+)>/g)].map((match) => match[1]!);
  return bracketed.length > 0 ? bracketed : text.split(/[\s,]+/).filter((word) => word.includes('@'));
}

function listId(value: unknown): string | null {
  const text = clean(Array.isArray(value) ? String(value.at(-1) ?? '') : String(value ?? '')).trim();
  if (text === '') return null;
  return (/<([^<>]+)>/.exec(text)?.[1] ?? text).trim().toLowerCase().slice(0, 255) || null;
}

function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  try {
    return libmime.decodeWords(text);
  } catch {
    // An unknown charset: the raw form is the best that can be shown.
    return text;
  }
}

/** PostgreSQL stores no NUL characters. */
function clean(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function validDate(value: unknown): Date | null {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : null;
}

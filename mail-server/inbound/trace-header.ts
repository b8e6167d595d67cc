// The header fields that the MX puts on a message, and those of others' making that it takes off.
// Pure; owns forged-result removal (RFC 8601 5) and the Received field (RFC 5321 4.4).
import { bodyOffset, rfc5322Date } from '../../server/mail/header.ts';
import type { Envelope } from './mailbox-store.ts';
import type { SpamMark } from './verdict.ts';

/** What the names start with that only this installation may write. */
const OURS = ['x-eider-', 'wd-mail-classification', 'return-path', 'delivered-to'];

const FIELD = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/;

/**
 * Takes off what would pass for our own findings: results under our name, `X-Eider-*`, and delivery fields
 * that WildDuck writes itself. Everything else stays byte for byte, so that signatures still verify.
 * @param serverName our authserv-id
 */
export function stripForgedFields(message: Buffer, serverName: string): Buffer {
  const end = bodyOffset(message);
  const kept: Buffer[] = [];
  let keptFrom = 0;
  for (const line of fieldSpans(message, end)) {
    if (!isForged(message.toString('latin1', line.start, line.end), serverName)) continue;
    kept.push(message.subarray(keptFrom, line.start));
    keptFrom = line.end;
  }
  return kept.length === 0 ? message : Buffer.concat([...kept, message.subarray(keptFrom)]);
}

/** The field's text with folding; offsets into the message. */
function* fieldSpans(message: Buffer, end: number): Generator<{ start: number; end: number }> {
  let start = 0;
  while (start < end) {
    let next = start;
    do {
      const newline = message.indexOf(0x0a, next);
      next = newline < 0 || newline >= end ? end : newline + 1;
    } while (next < end && (message[next] === 0x20 || message[next] === 0x09));
    yield { start, end: next };
    start = next;
  }
}

function isForged(field: string, serverName: string): boolean {
  const name = FIELD.exec(field)?.[1]?.toLowerCase();
  if (!name) return false;
  if (OURS.some((own) => name.startsWith(own))) return true;
  if (name !== 'authentication-results') return false;
  const value = field.slice(field.indexOf(':') + 1);
  const id = authservId(value);
  return id === null ? value.toLowerCase().includes(serverName.toLowerCase()) : id === serverName.toLowerCase();
}

/**
 * The authserv-id of an Authentication-Results value, without comments and quotes, in lower case; null when
 * the comments do not close, since readers then disagree about where it stands.
 */
export function authservId(value: string): string | null {
  let plain = value.replace(/\\[^]/g, '');
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\([^()]*\)/g, ' ');
  }
  if (/[()]/.test(plain)) return null;
  const id = plain.replace(/\s+/g, ' ').trim().split(/[ ;]/)[0] ?? '';
  return id.replace(/^"|"$/g, '').replace(/\.$/, '').toLowerCase();
}

export interface Received {
  envelope: Envelope;
  serverName: string;
  queueId: string;
  /** TLS version and cipher, when the session was encrypted. */
  tls?: { version: string; cipher: string } | undefined;
  /** Named only when it is the only one: others must not learn of it. */
  recipient?: string | undefined;
  at: Date;
}

/** `Received: from … by … with … id …; date` with CRLF at the end. */
export function receivedField({ envelope, serverName, queueId, tls, recipient, at }: Received): string {
  const safe = (text: string) => text.replace(/[^\x21-\x7e]|[()\\;]/g, '?').slice(0, 255);
  const name = envelope.clientName.startsWith('[') ? '' : `${safe(envelope.clientName)} `;
  const lines = [
    `Received: from ${safe(envelope.helo) || 'unknown'} (${name}[${safe(envelope.clientAddress)}])`,
    ...(tls ? [`\t(using ${safe(tls.version)} with cipher ${safe(tls.cipher)})`] : []),
    `\tby ${serverName} with ${safe(envelope.protocol)} id ${queueId}`,
  ];
  if (recipient && /^[\x21-\x3b=\x3f-\x7e]+$/.test(recipient)) lines.push(`\tfor <${recipient}>`);
  return `${lines.join('\r\n')};\r\n\t${rfc5322Date(at)}\r\n`;
}

/**
 * Puts our fields on top of a message whose forged ones are gone. A message that does not start with a
 * header field gets the empty line that it lacks, or its first line would be read as part of our header.
 */
export function stamp(message: Buffer, fields: { mark: SpamMark; scan: string; authentication: string; received: string }): Buffer {
  const startsWithField = FIELD.test(message.toString('latin1', 0, 1000)) || (message[0] === 0x0d && message[1] === 0x0a);
  const head = `X-Eider-Spam: ${fields.mark}\r\nX-Eider-Scan: ${fields.scan}\r\n${fields.authentication}${fields.received}`;
  return Buffer.concat([Buffer.from(startsWithField ? head : `${head}\r\n`, 'utf8'), message]);
}

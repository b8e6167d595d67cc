// Makes a submitted message complete: the fields that RFC 6409 8 has a submission server add. Pure.
import { randomUUID } from 'node:crypto';
import { bodyOffset, headerValue, parseHeaderFields, rfc5322Date, type HeaderField } from '../../server/mail/header.ts';

export interface CompleteMessage {
  content: Buffer;
  messageId: string;
  /** Whether the client had given the Message-ID itself. */
  ownMessageId: boolean;
  subject: string | undefined;
  fields: HeaderField[];
}

/**
 * Adds Received, and Date and Message-ID where they are missing.
 *
 * Received leaves out the client's address and name (RFC 5321 4.4 would have them): it would tell every
 * recipient where the sender sits. The queue id leads to our log, which has them.
 * @param message with CRLF line ends
 */
export function completeMessage(message: Buffer, server: { name: string; protocol: string; id: string }, at: Date): CompleteMessage {
  const fields = parseHeaderFields(message);
  const given = headerValue(fields, 'message-id')?.trim();
  const ownMessageId = given !== undefined && /^<[^<>\s]+>$/.test(given);
  const messageId = ownMessageId ? given : `<${randomUUID()}@${server.name}>`;
  const added = [`Received: by ${server.name} with ${server.protocol} id ${server.id};\r\n\t${rfc5322Date(at)}\r\n`];
  if (!headerValue(fields, 'date')) added.push(`Date: ${rfc5322Date(at)}\r\n`);
  if (!ownMessageId) added.push(`Message-ID: ${messageId}\r\n`);
  const rest = ownMessageId || given === undefined ? message : withoutField(message, 'message-id');
  return {
    content: Buffer.concat([Buffer.from(added.join('')), rest]),
    messageId,
    ownMessageId,
    subject: headerValue(fields, 'subject'),
    fields,
  };
}

/** A Message-ID that is none (no brackets, white space) makes way for one that can be threaded by. */
function withoutField(message: Buffer, name: string): Buffer {
  const end = bodyOffset(message);
  const fields = parseHeaderFields(message);
  const head = message.toString('latin1', 0, end);
  const doomed = fields.filter((field) => field.name.toLowerCase() === name);
  const kept = doomed.reduce((text, field) => text.replace(field.raw, ''), head);
  return Buffer.concat([Buffer.from(kept, 'latin1'), message.subarray(end)]);
}

// The message that a report returns, as far as it came back: whole, its header, or appended to the text.
import { headerValue } from '../header.ts';
import { type MimeMessage, splitEntity } from './mime-parts.ts';
import type { ReturnedMessage } from './report-types.ts';

const RETURNED = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-?headers?)$/;

/** @param inText what followed the report's words in the same part, or empty */
export function returnedMessage(message: MimeMessage, inText: string): ReturnedMessage {
  const part = message.parts.find(({ type }) => RETURNED.test(type));
  const source = part ? part.bytes().toString('latin1').replace(/\r\n?/g, '\n').trimStart() : inText;
  const { headers } = splitEntity(source);
  return { messageId: headerValue(headers, 'message-id')?.trim() || null, headers };
}

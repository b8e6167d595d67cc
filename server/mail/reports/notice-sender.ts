// Who a message comes from, as far as it tells: a mail system, a machine of another kind, or a person; and
// whether somebody passed it on or answered with it.
import { headerValue } from '../header.ts';
import { parseAutoreply } from './autoreply.ts';
import type { MimeMessage } from './mime-parts.ts';
import { decodeWords } from './text-decoding.ts';

/** daemon: a mail system; machine: a name that programs have, no mail system's; other: a person for all we know. */
export type SenderRank = 'daemon' | 'machine' | 'other';

const DAEMON = /mailer[-_. ]?d(?:a|e)?emon|mail[-_. ]?d(?:a|e)emon|poo?st[-_]?master|mail[-_. ]?deliver(?:y|er)?[-_. ](?:sub)?(?:system|service|agent|notif)|delivery (?:sub)?system|\bmmdf\b|mdaemon|mailmarshal|postfix@|system administrator|interscan|microsoftexchange[0-9a-f]{16}|sysadmin@(?:[\w-]{1,40}\.){0,3}vzw|sns\.amazonaws\.com/i;
const MACHINE = /mail[-_. ]?(?:er|system|router|delivery|administrator)\b|maildelivery|mta\b|bounces?\b|smtp(?:d| gateway)|(?:^|[\s<"'])(?:daemon|uucp|root|no-?reply|\S{1,40}-admin)@/i;
const FORWARD = /^\s{0,4}(?:fwd?|wg|tr|rv|vs|enc|i|doorst|fs)\s{0,2}:/i;
const REPLY = /^\s{0,4}(?:re|aw|antw|sv|vs|ynt|rif|odp|res)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}:/i;

export function senderRank(message: MimeMessage): SenderRank {
  const from = decodeWords(headerValue(message.headers, 'from') ?? '').slice(0, 1_000);
  // Only mail systems write the field.
  const failed = headerValue(message.headers, 'x-failed-recipients') !== undefined;
  if (failed || DAEMON.test(from) || /<@?>\s*$/.test(from)) return 'daemon';
  if (from.trim() === '' && message.type === 'multipart/report') return 'daemon';
  // A null reverse-path is a daemon's, or a vacation program's (RFC 3834 3.3).
  const path = headerValue(message.headers, 'return-path')?.trim() ?? '';
  if (/^<?(?:mailer-daemon)?>?$/i.test(path) && path !== '' && parseAutoreply(message) === null) return 'daemon';
  return MACHINE.test(from) ? 'machine' : 'other';
}

export function isForward(message: MimeMessage): boolean {
  return FORWARD.test(decodeWords(headerValue(message.headers, 'subject') ?? ''));
}

export function isReply(message: MimeMessage): boolean {
  return REPLY.test(decodeWords(headerValue(message.headers, 'subject') ?? ''));
}

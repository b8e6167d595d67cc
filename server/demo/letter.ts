// One message of the demo mailbox before it is MIME, and how it becomes it.
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { createHash } from 'node:crypto';
import { domainOf } from '../mail/address.ts';
import type { Person } from './people.ts';
import type { DemoFile, DemoFolder } from './story.ts';

export interface Letter {
  folder: DemoFolder;
  from: Person;
  to: readonly Person[];
  cc?: readonly Person[];
  subject: string;
  text: string;
  html?: string;
  files?: readonly DemoFile[];
  date: Date;
  unread?: boolean;
  starred?: boolean;
  /** Without angle brackets. */
  messageId: string;
  /** Message-IDs of the conversation so far, oldest first. */
  references?: readonly string[];
  headers?: Readonly<Record<string, string>>;
  /** Text of a calendar invitation, sent as iCalendar does: as an alternative of the text. */
  invitation?: string;
  /** What the receiving server found: `pass` for everybody but the senders of junk. */
  authentication?: 'pass' | 'fail' | 'none';
}

/** A Message-ID that is the same at every run, at the sender's domain. */
export function stableMessageId(sender: Person, ...parts: (string | number)[]): string {
  const digest = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 24);
  return `${digest}@${domainOf(sender.address)}`;
}

/** The message as it would have arrived (RFC 5322), the same bytes for the same letter. */
export function letterSource(letter: Letter): Promise<Buffer> {
  const composer = new MailComposer({
    from: letter.from,
    to: [...letter.to],
    cc: letter.cc && [...letter.cc],
    subject: letter.subject,
    date: letter.date,
    messageId: `<${letter.messageId}>`,
    inReplyTo: letter.references?.length ? `<${letter.references.at(-1)}>` : undefined,
    references: letter.references?.map((id) => `<${id}>`).join(' '),
    headers: { ...traceHeaders(letter), ...letter.headers },
    text: letter.text,
    html: letter.html,
    icalEvent: letter.invitation ? { method: 'REQUEST', content: letter.invitation, filename: 'invite.ics' } : undefined,
    attachments: letter.files?.map((file) => ({
      filename: file.filename,
      contentType: file.contentType,
      content: file.content,
      cid: file.contentId,
    })),
    xMailer: false,
    baseBoundary: createHash('sha256').update(letter.messageId).digest('hex').slice(0, 16),
  } as ConstructorParameters<typeof MailComposer>[0]);
  return new Promise((resolve, reject) => {
    composer.compile().build((error, source) => (error ? reject(error) : resolve(source)));
  });
}

/** What our own inbound server adds to mail from outside. */
function traceHeaders(letter: Letter): Record<string, string> {
  if (letter.folder === 'sent' || letter.folder === 'drafts') return {};
  const domain = domainOf(letter.from.address);
  const verdict = letter.authentication ?? 'pass';
  const spf = verdict === 'fail' ? 'softfail' : verdict;
  return {
    'Return-Path': `<${letter.from.address}>`,
    'Authentication-Results':
      `mail.eider.test; dkim=${verdict} header.d=${domain} header.s=mail; ` +
      `spf=${spf} smtp.mailfrom=${letter.from.address}; dmarc=${verdict} header.from=${domain}`,
  };
}

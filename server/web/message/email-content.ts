// From a stored message to what the reader's page gets: body address, attachments, sender checks, unsubscribe.
import { domainOf } from '../../mail/address.ts';
import { imitatedDomain } from '../../mail/lookalike.ts';
import type { KnownPeople } from '../contacts/known-people.ts';
import type { EmailContent } from '../contract/message.ts';
import type { MessageAttachment } from '../../infra/wildduck/types.ts';
import type { Settings } from '../contract/session.ts';
import { MAX_HTML_CHARACTERS } from '../html/sanitiser.ts';
import { scanHtml } from '../html/scan-html.ts';
import { htmlToPlainText } from '../compose/build-mime.ts';
import { cleanFilename } from '../compose/uploads.ts';
import { readAuthentication } from './authentication-results.ts';
import { readUnsubscribe } from './list-unsubscribe.ts';
import type { StoredContent } from './read-content.ts';
import { senderWarnings } from './sender-warnings.ts';

export const MAX_TEXT_CHARACTERS = 200_000;
/** Making text from HTML blocks the process for its time; a quoted reply to more than this starts from the text part. */
const MAX_CONVERTED_HTML = 300_000;

export interface ContentFacts {
  emailId: string;
  from: { name: string; address: string } | null;
  replyTo: { name: string; address: string }[];
  settings: Settings;
  /** The sender is on the account's list. */
  trusted: boolean;
  /** The folder is Junk: nothing loads from there, whatever the settings. */
  inJunk: boolean;
  /** The message is the account's own. */
  outgoing: boolean;
  authservId: string;
  ownDomains: string[];
  /** Whom the account deals with. */
  known: KnownPeople;
  /** When the message arrived. */
  date: Date;
}

export function toEmailContent(stored: StoredContent, facts: ContentFacts): EmailContent {
  const kind = /\S/.test(stored.html) ? 'html' : /\S/.test(stored.text) ? 'text' : 'empty';
  const scan = kind === 'html' ? scanHtml(stored.html) : { remoteImages: 0, trackers: [] };
  const authentication = readAuthentication(stored.header, facts.authservId);
  const verified = authentication?.verdict === 'verified';
  const unsubscribe = facts.outgoing ? null : readUnsubscribe(stored.header, verified);
  const sender = facts.outgoing ? null : facts.from;
  const imitates = sender && imitatedDomain(domainOf(sender.address), [...facts.ownDomains, ...facts.known.domains]);
  return {
    kind,
    bodyUrl: `/api/emails/${facts.emailId}/body`,
    text: plainText(stored),
    ...scan,
    imagesAllowed: imagesAllowed(facts.settings, facts, verified || authentication === null),
    attachments: stored.attachments.map((attachment) => toAttachment(facts.emailId, attachment)),
    authentication,
    unsubscribe,
    warnings: facts.outgoing
      ? []
      : senderWarnings({ from: facts.from, replyTo: facts.replyTo, authentication, imitates, ownDomains: facts.ownDomains }),
    imitates,
    firstContact: sender !== null && unsubscribe === null && !facts.known.metBefore(sender.address, facts.date),
    truncated: stored.truncated || stored.html.length > MAX_HTML_CHARACTERS,
  };
}

/**
 * Trust is given to an address, so it holds only for mail that is proved to come from there, or that the owner put
 * into the mailbox without our MX.
 * @param proved the sender's address is not in doubt
 */
export function imagesAllowed(
  settings: Settings,
  facts: Pick<ContentFacts, 'trusted' | 'inJunk' | 'outgoing'>,
  proved: boolean,
): boolean {
  if (facts.inJunk) return false;
  if (facts.outgoing || settings.remoteImages === 'always') return true;
  return settings.remoteImages === 'trusted' && facts.trusted && proved;
}

function plainText(stored: StoredContent): string {
  if (/\S/.test(stored.text)) return stored.text.slice(0, MAX_TEXT_CHARACTERS);
  if (stored.html === '' || stored.html.length > MAX_CONVERTED_HTML) return '';
  return htmlToPlainText(stored.html).slice(0, MAX_TEXT_CHARACTERS);
}

function toAttachment(emailId: string, attachment: MessageAttachment): EmailContent['attachments'][number] {
  const contentType = attachment.contentType.toLowerCase().slice(0, 200);
  return {
    id: attachment.id,
    filename: attachment.filename === '' ? fallbackName(contentType) : cleanFilename(attachment.filename),
    contentType,
    sizeBytes: attachment.sizeBytes,
    inline: attachment.related && attachment.contentId !== undefined,
    url: `/api/emails/${emailId}/attachments/${encodeURIComponent(attachment.id)}`,
    preview: previewOf(contentType),
  };
}

export function fallbackName(contentType: string): string {
  if (contentType === 'message/rfc822') return 'message.eml';
  if (contentType === 'text/calendar') return 'invitation.ics';
  return 'attachment';
}

function previewOf(contentType: string): EmailContent['attachments'][number]['preview'] {
  if (/^image\/(?:png|jpe?g|gif|webp|avif|bmp)$/.test(contentType)) return 'image';
  if (contentType === 'application/pdf') return 'pdf';
  if (/^text\/(?:plain|csv|markdown|x-log)$/.test(contentType)) return 'text';
  if (/^audio\//.test(contentType)) return 'audio';
  return /^video\//.test(contentType) ? 'video' : 'none';
}

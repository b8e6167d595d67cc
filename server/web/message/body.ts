// GET /api/emails/{id}/body: a message's content as its own document. Also what others need of a sanitised body.
import type { MessageAttachment } from '../../infra/wildduck/types.ts';
import type { MessageRow } from '../../mailbox/types.ts';
import { BODY_HEADERS, htmlDocument, textDocument, type Theme } from '../html/body-document.ts';
import { MAX_HTML_CHARACTERS, type SanitiseOutcome } from '../html/sanitiser.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { readAuthentication } from './authentication-results.ts';
import { imagesAllowed } from './email-content.ts';
import { emailIdOf, type EmailPlace } from './email-id.ts';
import { openMessage } from './open-message.ts';
import type { StoredContent } from './read-content.ts';
import { readSettings, trustedAmong } from '../settings/settings.store.ts';

/** @param images as asked for in the URL; undefined follows the account's settings */
export async function serveBody(
  services: Services,
  session: Session,
  place: EmailPlace,
  choice: { images: boolean | undefined; theme: Theme },
): Promise<Response> {
  const { row, content } = await openMessage(services, session, place);
  if (!/\S/.test(content.html)) return document(textDocument(content.text, choice.theme));
  const [outcome, images] = await Promise.all([
    sanitisedBody(services, session, place, content),
    choice.images ?? followSettings(services, session, row, content),
  ]);
  if (outcome.kind === 'failed') {
    services.log.warn({ email: emailIdOf(place), reason: outcome.reason, detail: outcome.detail }, 'HTML shown as text');
    return document(textDocument(content.text || 'This message is too large or too broken to be shown here. Download it to read it.', choice.theme));
  }
  const emailId = emailIdOf(place);
  return document(
    htmlDocument(outcome.result, {
      theme: choice.theme,
      images,
      proxyUrl: (url) => services.images.pathFor(session.accountId, url),
      clipped: isClipped(content),
      partUrl: (part) => {
        const attachment = attachmentOfPart(content, part);
        return attachment ? `/api/emails/${emailId}/attachments/${encodeURIComponent(attachment.id)}` : null;
      },
    }),
  );
}

export function sanitisedBody(services: Services, session: Session, place: EmailPlace, content: StoredContent): Promise<SanitiseOutcome> {
  return services.sanitiser.sanitise(`${session.accountId}:${emailIdOf(place)}`, () => content.html);
}

/** Part of the HTML is not shown. */
export function isClipped(content: StoredContent): boolean {
  return content.truncated || content.html.length > MAX_HTML_CHARACTERS;
}

/** The attachment that HTML embeds, by WildDuck's `attachment:ATT00001` or by Content-ID. */
export function attachmentOfPart(content: StoredContent, part: string): MessageAttachment | undefined {
  const id = /^attachment:(.+)$/i.exec(part)?.[1];
  if (id !== undefined) return content.attachments.find((attachment) => attachment.id === id);
  const decoded = decode(part);
  return content.attachments.find((attachment) => attachment.contentId === part || attachment.contentId === decoded);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function followSettings(services: Services, session: Session, row: MessageRow, content: StoredContent): Promise<boolean> {
  const sender = row.from.address.toLowerCase();
  const authentication = readAuthentication(content.header, services.config.hostname);
  const [settings, trusted] = await Promise.all([
    readSettings(services.pool, session.accountId),
    trustedAmong(services.pool, session.accountId, [sender]),
  ]);
  return imagesAllowed(
    settings,
    { trusted: trusted.has(sender), inJunk: row.folderUse === 'junk', outgoing: row.folderUse === 'sent' || row.folderUse === 'drafts' },
    authentication === null || authentication.verdict === 'verified',
  );
}

function document(html: string): Response {
  return new Response(html, { headers: BODY_HEADERS });
}

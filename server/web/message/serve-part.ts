// Attachments, embedded parts and the source of a message as bytes. Whatever a sender called them, nothing is
// served in a way that a browser would run.
import { Readable } from 'node:stream';
import { AppError } from '../api/app-error.ts';
import { contentDisposition } from '../compose/uploads.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { attachmentOfPart } from './body.ts';
import { fallbackName } from './email-content.ts';
import type { EmailPlace } from './email-id.ts';
import { openMessage, requireRow } from './open-message.ts';

/** Types that a browser may show in place. Everything else is saved. */
const SHOWN = /^(?:image\/(?:png|jpe?g|gif|webp|avif|bmp)|text\/plain|application\/pdf|audio\/[\w.+-]+|video\/[\w.+-]+)$/;
/** Text that is shown as text, whatever it is. */
const AS_TEXT = /^(?:text\/(?:csv|markdown|x-log|calendar|vcard|x-vcard)|application\/json)$/;

/** Even a type that may be shown gets a sandbox: no script, no network. */
const PART_POLICY = "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";
/** The browser's own PDF viewer does not start in a sandbox; PDFs are shown by it, in its own process. */
const PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

export async function serveAttachment(
  services: Services,
  session: Session,
  place: EmailPlace,
  attachmentId: string,
  options: { download: boolean },
): Promise<Response> {
  const { content } = await openMessage(services, session, place);
  const attachment = content.attachments.find((candidate) => candidate.id === attachmentId);
  if (!attachment) throw new AppError('not_found');
  const found = await services.wildduck.getAttachment({ userId: session.wildduckUserId, mailboxId: place.folderId, uid: place.uid }, attachment.id);
  if (!found) throw new AppError('not_found');
  const declared = attachment.contentType.toLowerCase();
  const shown = !options.download && (SHOWN.test(declared) || AS_TEXT.test(declared));
  const contentType = SHOWN.test(declared) ? declared : shown ? 'text/plain' : 'application/octet-stream';
  return new Response(webStream(found.stream), {
    headers: {
      'content-type': contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
      'content-disposition': contentDisposition(shown ? 'inline' : 'attachment', attachment.filename || fallbackName(declared)),
      'content-security-policy': contentType === 'application/pdf' ? PDF_POLICY : PART_POLICY,
      'x-frame-options': 'SAMEORIGIN',
      'cache-control': 'private, max-age=86400, immutable',
    },
  });
}

/** An embedded part by its Content-ID. */
export async function serveInline(services: Services, session: Session, place: EmailPlace, contentId: string): Promise<Response> {
  const { content } = await openMessage(services, session, place);
  const attachment = attachmentOfPart(content, contentId);
  if (!attachment) throw new AppError('not_found');
  return serveAttachment(services, session, place, attachment.id, { download: false });
}

/** The message as it came. Shown as plain text, or saved as an .eml file. */
export async function serveSource(services: Services, session: Session, place: EmailPlace, options: { download: boolean }): Promise<Response> {
  await requireRow(services, session, place);
  const source = await services.wildduck.getSource({ userId: session.wildduckUserId, mailboxId: place.folderId, uid: place.uid });
  if (!source) throw new AppError('not_found');
  return new Response(webStream(source), {
    headers: {
      'content-type': options.download ? 'message/rfc822' : 'text/plain; charset=utf-8',
      'content-disposition': contentDisposition(options.download ? 'attachment' : 'inline', `message-${place.uid}.eml`),
      'content-security-policy': PART_POLICY,
    },
  });
}

function webStream(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
}

// The sanitised content of a message as HTML that the editor can hold: embedded images become uploads of the new
// message, remote ones keep their address as a link, so that quoting loads nothing.
import type { Upload } from '../contract/uploads.ts';
import { escapeHtml, linkify } from '../html/text-to-html.ts';
import type { EmailPlace } from '../message/email-id.ts';
import { attachmentOfPart, sanitisedBody } from '../message/body.ts';
import type { StoredContent } from '../message/read-content.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { quoteMarkup } from './quote-markup.ts';
import { cleanFilename, keepUpload } from './uploads.ts';

export interface Quotable {
  html: string;
  /** Embedded images, copied. */
  uploads: Upload[];
  /** Attachment ids that stand in the HTML. */
  embedded: Set<string>;
}

const MAX_EMBEDDED = 50;

export async function quotableHtml(services: Services, session: Session, place: EmailPlace, content: StoredContent): Promise<Quotable> {
  const plain = { html: quotedText(content.text), uploads: [], embedded: new Set<string>() };
  if (!/\S/.test(content.html)) return plain;
  const outcome = await sanitisedBody(services, session, place, content);
  if (outcome.kind === 'failed') return plain;
  const { result } = outcome;
  const embedded = new Map<string, Upload>();
  for (const [index, part] of result.parts.slice(0, MAX_EMBEDDED).entries()) {
    const attachment = attachmentOfPart(content, part);
    if (!attachment || !result.html.includes(`eider-part-${result.nonce}-${index}`)) continue;
    const found = await services.wildduck.getAttachment({ userId: session.wildduckUserId, mailboxId: place.folderId, uid: place.uid }, attachment.id);
    if (!found) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of found.stream as AsyncIterable<Buffer>) chunks.push(chunk);
    const filename = cleanFilename(attachment.filename || 'image');
    embedded.set(attachment.id, await keepUpload(services, session, { filename, contentType: attachment.contentType.toLowerCase(), content: Buffer.concat(chunks) }));
  }
  const html = quoteMarkup(
    result.html.replace(/<details class="eider-fold"><summary[^>]*>[^<]*<\/summary>|<\/details>/g, ''),
  )
    .replace(new RegExp(`eider-(remote|part)-${result.nonce}-(\\d+)`, 'g'), (_marker, kind: string, index: string) => {
      if (kind === 'remote') return escapeHtml(result.remote[Number(index)] ?? '');
      const attachment = attachmentOfPart(content, result.parts[Number(index)] ?? '');
      return (attachment && embedded.get(attachment.id)?.url) ?? '';
    });
  return { html, uploads: [...embedded.values()], embedded: new Set(embedded.keys()) };
}

function quotedText(text: string): string {
  return text.trimEnd().split(/\r?\n/).map((line) => (line === '' ? '<p></p>' : `<p>${linkify(line)}</p>`)).join('');
}

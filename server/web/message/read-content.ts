// A message's content from the mail store: its JSON for parts and texts, the raw header for what the JSON leaves
// out, and the whole source where the JSON is cut short (HTML beyond 640 KiB).
import PostalMime from 'postal-mime';
import type { Readable } from 'node:stream';
import type { MessageAttachment } from '../../infra/wildduck/types.ts';
import type { Services } from '../services.ts';
import { readHeaderBlock, type HeaderFields } from './header-block.ts';
import { emailIdOf, type EmailPlace } from './email-id.ts';

export interface StoredContent {
  html: string;
  text: string;
  attachments: MessageAttachment[];
  header: HeaderFields;
  references: string[];
  messageId: string;
  /** Something is missing from html or text. */
  truncated: boolean;
}

/** WildDuck cuts HTML there; from here on the source is parsed instead. */
const HTML_CUT_BYTES = 640 * 1024 - 1024;
/** Sources beyond this are not parsed for their HTML alone. */
const MAX_SOURCE_BYTES = 64 * 1024 * 1024;

/** Null when there is no such message in the account. */
export function readContent(services: Services, userId: string, place: EmailPlace): Promise<StoredContent | null> {
  return services.contents.get(`${userId}:${emailIdOf(place)}`, () => loadContent(services, userId, place));
}

async function loadContent(services: Services, userId: string, place: EmailPlace): Promise<StoredContent | null> {
  const storePlace = { userId, mailboxId: place.folderId, uid: place.uid };
  const [message, source] = await Promise.all([services.wildduck.getMessage(storePlace), services.wildduck.getSource(storePlace)]);
  if (!message || !source) {
    source?.destroy();
    return null;
  }
  const header = await readHeaderBlock(source);
  const html = message.html.join('\n<hr>\n');
  const content: StoredContent = {
    html,
    text: message.text,
    attachments: message.attachments,
    header,
    references: message.references,
    messageId: message.messageId,
    truncated: false,
  };
  if (Buffer.byteLength(html) < HTML_CUT_BYTES) return content;
  if (message.sizeBytes > MAX_SOURCE_BYTES) return { ...content, truncated: true };
  const whole = await services.wildduck.getSource(storePlace);
  return whole ? { ...content, ...(await parseSource(whole)) } : null;
}

/** HTML and text from the whole source; embedded parts keep their cid: links, which body-document resolves too. */
async function parseSource(source: Readable): Promise<Pick<StoredContent, 'html' | 'text'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) chunks.push(chunk);
  const parsed = await PostalMime.parse(Buffer.concat(chunks), { attachmentEncoding: 'arraybuffer' });
  return { html: parsed.html ?? '', text: parsed.text ?? '' };
}

// Builds the message that leaves: header, text made from the HTML, inline images, attachments. Pure but for
// nodemailer's streams; everything it needs is passed in as bytes.
import { htmlToText } from 'html-to-text';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import type { CheckedRecipients } from './check-compose.ts';
import { oneLine } from './check-compose.ts';

export interface MimePart {
  /** Upload id; inline images are named by it in the HTML. */
  id: string;
  filename: string;
  contentType: string;
  content: Buffer;
}

export interface MimeInput {
  from: { name: string; address: string };
  recipients: CheckedRecipients;
  subject: string;
  html: string | null;
  text: string | null;
  attachments: MimePart[];
  /** Images that the HTML shows as `/api/uploads/<id>`. */
  inline: MimePart[];
  /** With angle brackets. */
  messageId: string;
  date: Date;
  inReplyTo: string | null;
  references: string[];
}

/** The complete message with CRLF line ends. Bcc is kept in the header: the Sent copy shows it, the queue drops it. */
export async function buildMime(input: MimeInput): Promise<Buffer> {
  const html = input.html === null ? null : asDocument(inlineImagesByCid(input.html, input.inline, input.messageId));
  const text = input.text ?? (input.html === null ? '' : htmlToPlainText(input.html));
  const composer = new MailComposer({
    from: input.from,
    to: input.recipients.to,
    cc: input.recipients.cc,
    bcc: input.recipients.bcc,
    subject: oneLine(input.subject),
    text,
    ...(html === null ? {} : { html }),
    messageId: input.messageId,
    date: input.date,
    ...(input.inReplyTo === null ? {} : { inReplyTo: input.inReplyTo }),
    ...(input.references.length === 0 ? {} : { references: input.references }),
    attachments: [
      ...input.inline.map((part) => ({ ...fileOf(part), cid: contentId(part.id, input.messageId), contentDisposition: 'inline' as const })),
      ...input.attachments.map(fileOf),
    ],
    newline: '\r\n',
    // Nothing in what a user writes may make the server read files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  message.keepBcc = true;
  return message.build();
}

function fileOf(part: MimePart) {
  return { filename: oneLine(part.filename), contentType: part.contentType, content: part.content };
}

function contentId(uploadId: string, messageId: string): string {
  return `${uploadId}@${messageId.replace(/^.*@|>$/g, '')}`;
}

const UPLOAD_SOURCE = /\/api\/uploads\/([0-9a-f-]{36})/gi;

/** The uploads that the HTML shows as images, without repeats. */
export function inlineUploadIds(html: string | null): string[] {
  return [...new Set([...(html ?? '').matchAll(UPLOAD_SOURCE)].map((match) => match[1]!.toLowerCase()))];
}

/** The uploads that are attached: an image that the text shows is a part already, and would arrive twice. */
export function attachedUploadIds(fields: { html: string | null; attachments: readonly string[] }): string[] {
  const shown = inlineUploadIds(fields.html);
  return fields.attachments.filter((id) => !shown.includes(id.toLowerCase()));
}

function inlineImagesByCid(html: string, inline: MimePart[], messageId: string): string {
  return html.replace(/(src\s*=\s*["']?)(?:https?:\/\/[^"'\s>/]+)?\/api\/uploads\/([0-9a-f-]{36})/gi, (whole, before: string, id: string) =>
    inline.some((part) => part.id === id.toLowerCase()) ? `${before}cid:${contentId(id.toLowerCase(), messageId)}` : whole,
  );
}

/** How a linked file looks to its readers, whose programs know no classes of ours. */
const FILE_STYLE = 'margin:12px 0;padding:8px 14px;border:1px solid #c3d3d8;border-radius:8px;max-width:420px';

/** Other programs fold what is marked as Gmail marks it. */
function asDocument(written: string): string {
  const html = written
    .replace(/<div class="eider-quote">/g, '<div class="gmail_quote eider-quote">')
    .replace(/<div class="eider-file">/g, `<div class="eider-file" style="${FILE_STYLE}">`);
  if (/<html[\s>]/i.test(html)) return html;
  return `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${html}</body></html>`;
}

/** The text alternative of an HTML message. */
export function htmlToPlainText(html: string): string {
  return htmlToText(html, {
    wordwrap: false,
    formatters: {
      // Other programs cut what follows such a line from quotations (RFC 3676 section 4.3).
      signature: (element, walk, builder) => {
        builder.openBlock({ leadingLineBreaks: 2 });
        builder.addLiteral('-- ');
        builder.addLineBreak();
        walk(element.children, builder);
        builder.closeBlock({ trailingLineBreaks: 1 });
      },
    },
    limits: { maxInputLength: 5_000_000, maxDepth: 200 },
    selectors: [
      { selector: 'div.eider-signature', format: 'signature' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
      { selector: 'img', format: 'skip' },
      { selector: 'blockquote', options: { trimEmptyLines: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', options: { uppercaseHeaderCells: false } },
    ],
  }).replace(/^-- \n+/m, '-- \n');
}

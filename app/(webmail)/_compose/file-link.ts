// A linked file in the message's text, as HTML; its plain text is made from that when the message leaves.
import type { SharedFile } from '../../../server/web/contract/shares.ts';

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** `about` says how large it is and until when it can be fetched. */
export const fileLinkHtml = (file: Pick<SharedFile, 'url' | 'filename'>, about: string): string =>
  `<div class="eider-file"><p><a href="${escapeHtml(file.url)}">${escapeHtml(file.filename)}</a></p><p>${escapeHtml(about)}</p></div>`;

/** Puts it behind what the user wrote, before the signature. */
export function withFileLink(own: string, block: string): string {
  const signature = own.search(/<div class="eider-signature">/);
  return signature < 0 ? own + block : own.slice(0, signature) + block + own.slice(signature);
}

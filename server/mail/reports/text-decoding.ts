// From bytes in a mail to text: transfer encodings (RFC 2045 6), charsets and encoded words (RFC 2047).
// Never fails: what cannot be decoded stays readable as Latin-1.

/** @param body one character per byte, LF line ends */
export function decodeTransfer(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64');
  if (encoding === 'quoted-printable') return Buffer.from(decodeQuotedPrintable(body), 'latin1');
  return Buffer.from(body, 'latin1');
}

function decodeQuotedPrintable(body: string): string {
  return body
    .replace(/=[ \t]{0,200}\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Without a known charset: UTF-8 where it is valid, otherwise Latin-1. */
export function decodeBytes(bytes: Uint8Array, charset: string | undefined): string {
  const label = charset?.trim().toLowerCase();
  if (label && label !== 'us-ascii' && label !== 'utf-8') {
    try {
      return new TextDecoder(label).decode(bytes);
    } catch {
      // An unknown label: the bytes themselves tell enough.
    }
  }
  const utf8 = new TextDecoder('utf-8').decode(bytes);
  return utf8.includes('\ufffd') ? Buffer.from(bytes).toString('latin1') : utf8;
}

const ENCODED_WORD = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bqBQ])\?([^?\s]{0,2000})\?=/g;

/** A header field's value for people. @param value one character per byte */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeBytes(Buffer.from(value, 'latin1'), undefined);
  return value
    .replace(/\?=\s{1,100}=\?/g, '?==?')
    .replace(ENCODED_WORD, (_, charset: string, kind: string, text: string) => {
      const bytes = kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : Buffer.from(decodeQuotedPrintable(text.replaceAll('_', ' ')), 'latin1');
      return decodeBytes(bytes, charset);
    });
}

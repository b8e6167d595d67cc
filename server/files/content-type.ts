// What a file is, by its bytes. Its name is never asked, and what the browser declares (which goes by the name) is
// believed only among kinds that bytes cannot tell apart.
import { fileTypeFromBuffer } from 'file-type';

/** Declared types that are text, and that no magic number marks. */
const TEXT_TYPES = /^(?:text\/[a-z0-9.+-]+|message\/rfc822|image\/svg\+xml|application\/(?:json|xml|javascript|sql|yaml|x-yaml|pgp-keys|pgp-signature|[a-z0-9.+-]+\+(?:xml|json)))$/;

const BINARY = 'application/octet-stream';

/**
 * The type of a file that begins with `head`.
 * @param declared what the sender calls it; '' when nothing
 */
export async function contentTypeOf(declared: string, head: Buffer): Promise<string> {
  const found = (await fileTypeFromBuffer(head))?.mime;
  const claim = declared.split(';')[0]!.trim().toLowerCase();
  // XML of some kind: which, only its sender knows.
  if (found !== undefined && found !== 'application/xml') return found;
  if (!isText(head)) return BINARY;
  return TEXT_TYPES.test(claim) && claim.length <= 100 ? claim : (found ?? 'text/plain');
}

/** UTF-8 without control characters other than those of text; the end may be cut within a character. */
function isText(head: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return !/[\0-\x06\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

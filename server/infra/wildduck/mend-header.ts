// Header fields with 8-bit bytes that are no UTF-8, as old programs still send. WildDuck reads all headers as UTF-8
// and keeps U+FFFD for such bytes, but also the lines as they came: the fields are read again from those. Pure.
import addressparser from 'nodemailer/lib/addressparser';

const ADDRESS_FIELDS = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'];
const DAMAGE = '\ufffd';

/** Whether anything that is shown of a header was damaged. */
export function isDamaged(subject: unknown, parsedHeader: Record<string, unknown> | undefined): boolean {
  const shown = [subject, ...ADDRESS_FIELDS.map((name) => parsedHeader?.[name])];
  return shown.some((value) => value !== undefined && JSON.stringify(value)?.includes(DAMAGE));
}

export interface MendedHeader {
  subject: string | undefined;
  parsedHeader: Record<string, unknown>;
}

/**
 * The damaged fields read again as windows-1252, which such bytes are most often (WHATWG takes Latin-1 for it too).
 * @param lines header fields as they were received, one byte a character, folded lines joined with CRLF
 */
export function mendHeader(subject: string, parsedHeader: Record<string, unknown>, lines: readonly string[]): MendedHeader {
  const mended: MendedHeader = { subject: undefined, parsedHeader: { ...parsedHeader } };
  if (subject.includes(DAMAGE)) mended.subject = fieldText(lines, 'subject').at(-1);
  for (const name of ADDRESS_FIELDS) {
    if (!JSON.stringify(parsedHeader[name] ?? '').includes(DAMAGE)) continue;
    mended.parsedHeader[name] = fieldText(lines, name).flatMap((text) => addressparser(text));
  }
  return mended;
}

/** Every field of that name, unfolded and decoded. */
function fieldText(lines: readonly string[], name: string): string[] {
  return lines
    .filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`)
    .map((line) => decodeBytes(Buffer.from(line.slice(name.length + 1).replace(/\s*\r?\n\s*/g, ' ').trim(), 'latin1')));
}

function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

// A message made 7-bit clean for a server that does not take 8-bit content (RFC 6152 3): texts as quoted-printable, the
// rest as base64, in every part. Pure. What would change what somebody signed, or cannot be told in ASCII, is not
// converted.
import { isAscii, isUtf8 } from 'node:buffer';
import { bodyOffset, type HeaderField, headerValue, parseHeaderText } from './header.ts';

export type SevenBitResult = { kind: 'converted'; content: Buffer } | { kind: 'impossible'; reason: string };

class Impossible extends Error {}

/** Deeper nesting than anybody writes. */
const MAX_DEPTH = 50;

/** @param message with CRLF line ends */
export function toSevenBit(message: Buffer): SevenBitResult {
  try {
    return { kind: 'converted', content: isAscii(message) ? message : convertEntity(message, 0, true) };
  } catch (error) {
    if (error instanceof Impossible) return { kind: 'impossible', reason: error.message };
    throw error;
  }
}

function convertEntity(entity: Buffer, depth: number, isMessage: boolean): Buffer {
  if (depth > MAX_DEPTH) throw new Impossible('its parts are nested too deeply');
  const at = bodyOffset(entity);
  const header = entity.subarray(0, at);
  const body = entity.subarray(at);
  if (!isAscii(header)) throw new Impossible('its header has 8-bit characters');
  const fields = parseHeaderText(header.toString('latin1'));
  const encoding = headerValue(fields, 'content-transfer-encoding')?.toLowerCase() ?? '7bit';
  if (isAscii(body)) return encoding === '8bit' || encoding === 'binary' ? join(withEncoding(fields, '7bit'), body) : entity;
  const contentType = headerValue(fields, 'content-type');
  const type = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)/.exec(contentType ?? 'text/plain')?.[1]?.toLowerCase() ?? 'text/plain';
  if (type === 'multipart/signed' || type === 'multipart/encrypted') throw new Impossible('converting would break its signature');
  if (type.startsWith('multipart/')) return join(withEncoding(fields, '7bit'), convertParts(body, boundaryOf(contentType!), depth));
  if (type === 'message/rfc822' || type === 'message/global') return join(withEncoding(fields, '7bit'), convertEntity(body, depth + 1, true));
  // RFC 6533 4: unlike the others of their kind, these may be encoded.
  if (type === 'message/global-delivery-status' || type === 'message/global-headers') return convertLeaf(fields, body, true);
  if (type.startsWith('message/')) throw new Impossible(`a part of type ${type} may not be encoded`);
  const described = contentType === undefined ? [...fields, ...undeclared(fields, body, isMessage)] : fields;
  return convertLeaf(described, body, type.startsWith('text/'));
}

function convertLeaf(fields: HeaderField[], body: Buffer, isText: boolean): Buffer {
  const quoted = isText ? quotedPrintable(body) : null;
  // Texts in few ASCII letters are shorter, and no harder to read, as base64.
  if (quoted !== null && quoted.length <= (body.length * 4) / 3) return join(withEncoding(fields, 'quoted-printable'), quoted);
  const lines = body.toString('base64').match(/.{1,76}/g) ?? [];
  return join(withEncoding(fields, 'base64'), Buffer.from(`${lines.join('\r\n')}\r\n`));
}

/** Of 8-bit text that says nothing of itself: what it is seen to be (RFC 1428 for the rest). */
function undeclared(fields: HeaderField[], body: Buffer, isMessage: boolean): HeaderField[] {
  const added = [field('Content-Type', `text/plain; charset=${isUtf8(body) ? 'utf-8' : 'unknown-8bit'}`)];
  if (isMessage && headerValue(fields, 'mime-version') === undefined) added.unshift(field('MIME-Version', '1.0'));
  return added;
}

const field = (name: string, value: string): HeaderField => ({ name, value, raw: `${name}: ${value}\r\n` });

function withEncoding(fields: HeaderField[], encoding: string): HeaderField[] {
  const replaced = fields.filter((entry) => entry.name.toLowerCase() !== 'content-transfer-encoding');
  // Multiparts need not say that they are 7-bit: it is the default.
  return encoding === '7bit' ? replaced : [...replaced, field('Content-Transfer-Encoding', encoding)];
}

const join = (fields: HeaderField[], body: Buffer): Buffer => Buffer.concat([Buffer.from(`${fields.map((entry) => entry.raw).join('')}\r\n`, 'latin1'), body]);

function boundaryOf(contentType: string): string {
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(contentType);
  const boundary = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
  if (!boundary) throw new Impossible('a multipart of it has no boundary');
  return boundary;
}

/** RFC 2046 5.1.1: the CRLF before a delimiter belongs to the delimiter. */
function convertParts(body: Buffer, boundary: string, depth: number): Buffer {
  const delimiter = `--${boundary}`;
  const pieces: Buffer[] = [];
  let partAt = -1;
  let copiedTo = 0;
  for (let at = lineStart(body, delimiter, 0); at >= 0; ) {
    const lineEnd = endOfLine(body, at);
    if (partAt >= 0) {
      const partEnd = Math.max(partAt, at - 2);
      pieces.push(convertEntity(body.subarray(partAt, partEnd), depth + 1, false));
      copiedTo = partEnd;
    }
    pieces.push(replaced(body.subarray(copiedTo, lineEnd)));
    copiedTo = lineEnd;
    partAt = lineEnd;
    if (body.toString('latin1', at + delimiter.length, at + delimiter.length + 2) === '--') {
      partAt = -1;
      break;
    }
    at = lineStart(body, delimiter, lineEnd);
  }
  if (partAt >= 0) pieces.push(convertEntity(body.subarray(partAt), depth + 1, false));
  else pieces.push(replaced(body.subarray(copiedTo)));
  return Buffer.concat(pieces);
}

/** Where a line that begins with the delimiter begins. */
function lineStart(body: Buffer, delimiter: string, from: number): number {
  for (let at = body.indexOf(delimiter, from, 'latin1'); at >= 0; at = body.indexOf(delimiter, at + 1, 'latin1')) {
    const startsLine = at === 0 || (body[at - 1] === 0x0a && body[at - 2] === 0x0d);
    // A longer boundary that begins with this one is another one.
    if (startsLine && /^(--)?[ \t]*(\r\n|$)/.test(body.toString('latin1', at + delimiter.length, at + delimiter.length + 80))) return at;
  }
  return -1;
}

function endOfLine(body: Buffer, from: number): number {
  const end = body.indexOf('\r\n', from, 'latin1');
  return end < 0 ? body.length : end + 2;
}

/** Preambles, epilogues and delimiters are read by nobody: their 8-bit octets become question marks. */
function replaced(piece: Buffer): Buffer {
  return isAscii(piece) ? piece : Buffer.from(piece.map((octet) => (octet > 0x7f ? 0x3f : octet)));
}

const HEX = Array.from({ length: 256 }, (_, octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`);
const MAX_LINE = 75;

/** RFC 2045 6.7, line ends kept as they are. */
function quotedPrintable(body: Buffer): Buffer {
  let out = '';
  let column = 0;
  for (let at = 0; at < body.length; at++) {
    const octet = body[at]!;
    if (octet === 0x0d && body[at + 1] === 0x0a) {
      out += '\r\n';
      column = 0;
      at++;
      continue;
    }
    const endsLine = at + 1 === body.length || (body[at + 1] === 0x0d && body[at + 2] === 0x0a);
    const isBlank = octet === 0x20 || octet === 0x09;
    const literal = isBlank ? !endsLine : octet > 0x20 && octet < 0x7f && octet !== 0x3d;
    const text = literal ? String.fromCharCode(octet) : HEX[octet]!;
    if (column + text.length > MAX_LINE && !(endsLine && column + text.length <= MAX_LINE + 1)) {
      out += '=\r\n';
      column = 0;
    }
    out += text;
    column += text.length;
  }
  return Buffer.from(out, 'latin1');
}

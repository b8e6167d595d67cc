// The header section of a message as bytes: where it ends, its fields, folding, dropping fields, line ends.
// Works on raw bytes (as Latin-1 text where text is handy), never decodes content. RFC 5322 2.2, 3.6.

export interface HeaderField {
  /** As written. */
  name: string;
  /** As written, with the name, folding and the CRLF at the end; one character per byte. */
  raw: string;
  /** Unfolded, without white space around it; one character per byte. */
  value: string;
}

const CR = 13;
const LF = 10;

/**
 * The offset at which the body starts, after the empty line. A message without an empty line is all header.
 * @param message with CRLF line ends
 */
export function bodyOffset(message: Buffer): number {
  if (message[0] === CR && message[1] === LF) return 2;
  const end = message.indexOf('\r\n\r\n', 0, 'latin1');
  return end < 0 ? message.length : end + 4;
}

/** The fields in order. Lines that are no field and continue none are passed over, as mail readers do. */
export function parseHeaderFields(message: Buffer): HeaderField[] {
  return parseHeaderText(message.toString('latin1', 0, bodyOffset(message)));
}

/** As parseHeaderFields, for a header section in Latin-1 text. */
export function parseHeaderText(text: string): HeaderField[] {
  const fields: HeaderField[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\r\n', start);
    end = end < 0 ? text.length : end + 2;
    while (end < text.length && (text[end] === ' ' || text[end] === '\t')) {
      const next = text.indexOf('\r\n', end);
      end = next < 0 ? text.length : next + 2;
    }
    const raw = text.slice(start, end);
    const colon = raw.indexOf(':');
    const name = colon > 0 ? raw.slice(0, colon).trimEnd() : '';
    if (/^[\x21-\x39\x3b-\x7e]+$/.test(name)) {
      fields.push({ name, raw, value: raw.slice(colon + 1).replace(/\r\n(?=[ \t])/g, '').trim() });
    }
    start = end;
  }
  return fields;
}

/** The value of the first field of that name (any case), or undefined. */
export function headerValue(fields: HeaderField[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted)?.value;
}

/**
 * The message without the named fields; the same buffer when it has none of them.
 * @param names in lower case
 */
export function dropFields(message: Buffer, names: readonly string[]): Buffer {
  const headerEnd = bodyOffset(message);
  const fields = parseHeaderText(message.toString('latin1', 0, headerEnd));
  if (!fields.some((field) => names.includes(field.name.toLowerCase()))) return message;
  const kept = fields.filter((field) => !names.includes(field.name.toLowerCase())).map((field) => field.raw);
  const separator = headerEnd < message.length || message.toString('latin1', Math.max(0, headerEnd - 4), headerEnd) === '\r\n\r\n' ? '\r\n' : '';
  return Buffer.concat([Buffer.from(kept.join('') + separator, 'latin1'), message.subarray(headerEnd)]);
}

/** The message with every bare CR and bare LF made CRLF; the same buffer when there is none (RFC 5321 2.3.8). */
export function crlfLineEnds(message: Buffer): Buffer {
  let missing = 0;
  for (let i = 0; i < message.length; i++) {
    const byte = message[i];
    if (byte === CR) {
      if (message[i + 1] === LF) i++;
      else missing++;
    } else if (byte === LF) missing++;
  }
  if (missing === 0) return message;
  const out = Buffer.allocUnsafe(message.length + missing);
  let at = 0;
  for (let i = 0; i < message.length; i++) {
    const byte = message[i]!;
    if (byte !== CR && byte !== LF) {
      out[at++] = byte;
      continue;
    }
    out[at++] = CR;
    out[at++] = LF;
    if (byte === CR && message[i + 1] === LF) i++;
  }
  return out;
}

/**
 * One field, folded at white space so that lines stay under 78 octets where the value allows it.
 * @throws when name or value would break out of the field: values here come from Eider's own code
 */
export function foldField(name: string, value: string): string {
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name)) throw new Error(`header field name refused: ${JSON.stringify(name)}`);
  if (/[\r\n\0]/.test(value)) throw new Error(`line break in header field ${name}`);
  let line = `${name}:`;
  const lines: string[] = [];
  for (const word of value.split(/(?=[ \t])/)) {
    const piece = line.endsWith(':') && lines.length === 0 && !/^[ \t]/.test(word) ? ` ${word}` : word;
    const startsLine = line.trim() === '' || (lines.length === 0 && line === `${name}:`);
    if (!startsLine && Buffer.byteLength(line) + Buffer.byteLength(piece) > 78 && piece.trim() !== '') {
      lines.push(line);
      line = piece;
    } else line += piece;
  }
  return [...lines, line].join('\r\n') + '\r\n';
}

/**
 * The message with the empty line that ends its header and CRLF at its own end, adding what is missing.
 * @param message with CRLF line ends
 */
export function completeMessage(message: Buffer): Buffer {
  let missing = message.subarray(-2).toString('latin1') === '\r\n' ? '' : '\r\n';
  const hasEmptyLine = message.indexOf('\r\n\r\n', 0, 'latin1') >= 0 || message.subarray(0, 2).toString('latin1') === '\r\n';
  if (!hasEmptyLine) missing += '\r\n';
  return missing === '' ? message : Buffer.concat([message, Buffer.from(missing)]);
}

/** RFC 5322 3.3, in UTC. */
export function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

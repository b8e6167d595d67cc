// DKIM's "relaxed" canonical forms (RFC 6376 3.4.2 and 3.4.4), over bytes and Latin-1 text.

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;

/**
 * The relaxed form of a body: runs of white space become one space, white space at line ends goes, empty
 * lines at the end go, and a body that is not empty ends in CRLF.
 * @param body with CRLF line ends
 */
export function relaxBody(body: Buffer): Buffer {
  if (isRelaxed(body)) return withoutEmptyLinesAtEnd(body);
  // One byte more per line at most: for a last line without CRLF.
  const out = Buffer.allocUnsafe(body.length + 2);
  let length = 0;
  // The end of the last line that is not empty: what follows it is dropped.
  let kept = 0;
  let pendingSpace = false;
  let lineEmpty = true;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!;
    if (byte === SPACE || byte === TAB) {
      pendingSpace = true;
    } else if (byte === CR && body[i + 1] === LF) {
      i++;
      pendingSpace = false;
      out[length++] = CR;
      out[length++] = LF;
      if (!lineEmpty) kept = length;
      lineEmpty = true;
    } else {
      if (pendingSpace) {
        out[length++] = SPACE;
        pendingSpace = false;
      }
      out[length++] = byte;
      lineEmpty = false;
    }
  }
  if (!lineEmpty) {
    out[length++] = CR;
    out[length++] = LF;
    kept = length;
  }
  return out.subarray(0, kept);
}

/**
 * The relaxed form of one field, without CRLF at the end: name in lower case, unfolded, runs of white space
 * one space, none around the colon or at the end.
 * @param raw the field as written, one character per byte
 */
export function relaxField(raw: string): string {
  const colon = raw.indexOf(':');
  const name = raw.slice(0, colon).trimEnd().toLowerCase();
  const value = raw.slice(colon + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ');
  return `${name}:${value.replace(/^ | $/g, '')}`;
}

/** True when no run of white space has to change, which native searches tell far faster than a loop. */
function isRelaxed(body: Buffer): boolean {
  if (body.length < 2 || body[body.length - 2] !== CR || body[body.length - 1] !== LF) return false;
  return !body.includes(TAB) && !body.includes('  ') && !body.includes(' \r\n');
}

/** @param body ends in CRLF, and no line is of white space alone */
function withoutEmptyLinesAtEnd(body: Buffer): Buffer {
  let end = body.length;
  while (end >= 4 && body[end - 4] === CR && body[end - 3] === LF) end -= 2;
  // Nothing but empty lines is the empty body.
  return end === 2 ? body.subarray(0, 0) : body.subarray(0, end);
}

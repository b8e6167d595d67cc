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
export function relaxBody(body: Uint8Array): Buffer {
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

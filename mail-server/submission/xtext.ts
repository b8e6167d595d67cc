// The xtext encoding of SMTP parameters (RFC 3461 4). Pure.

/** Everything but printable ASCII without `+` and `=` becomes `+HH`. */
export function encodeXtext(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x2b && byte !== 0x3d ? String.fromCharCode(byte) : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`))
    .join('');
}

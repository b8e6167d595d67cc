// Reading a DKIM key record (RFC 6376 3.6.1), as far as telling whether it is ours needs. Pure.

/** The p= value without white space; null when the text is no key record. '' is a revoked key. */
export function readDkimRecord(text: string): { publicKey: string } | null {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) tags.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const version = tags.get('v');
  if (version !== undefined && version !== 'DKIM1') return null;
  const publicKey = tags.get('p');
  return publicKey === undefined ? null : { publicKey: publicKey.replace(/\s+/g, '') };
}

// DKIM signing (RFC 6376, RFC 8301, RFC 8463): relaxed/relaxed, RSA and Ed25519, with oversigned fields.
// Keys come from the caller; verifying is not here.
import { type KeyObject, hash, sign } from 'node:crypto';
import { bodyOffset, type HeaderField, parseHeaderText } from '../header.ts';
import { relaxBody, relaxField } from './canonicalize.ts';

export interface DkimSigner {
  /** d=, A-labels. */
  domain: string;
  /** s= */
  selector: string;
  algorithm: 'rsa-sha256' | 'ed25519-sha256';
  privateKey: KeyObject;
}

/**
 * Signed once more than they occur, so that adding another instance breaks the signature: the fields that
 * people and programs act on (RFC 6376 8.15).
 */
const OVERSIGNED = [
  'from', 'to', 'cc', 'subject', 'date', 'reply-to', 'message-id', 'in-reply-to', 'references', 'mime-version',
  'content-type', 'content-transfer-encoding',
];
/** Signed as often as they occur; one-click unsubscription wants its two covered (RFC 8058 4). */
const SIGNED = [
  'sender', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'list-archive', 'list-help', 'list-owner', 'list-post',
  'list-subscribe', 'resent-date', 'resent-from', 'resent-to', 'resent-cc', 'resent-message-id', 'auto-submitted', 'feedback-id', 'eider-token',
];

/**
 * The DKIM-Signature fields of a message, one per signer, each ending in CRLF, to be put before it. The body
 * is hashed once. RSA runs on the thread pool.
 * @param message with CRLF line ends
 * @param signedAt for t=; whole seconds
 * @param above complete fields that will stand between the signatures and the message, and are signed with it
 */
export async function signMessage(message: Buffer, signers: readonly DkimSigner[], signedAt: Date, above = ''): Promise<string> {
  if (signers.length === 0) return '';
  const bodyAt = bodyOffset(message);
  const bodyHash = hash('sha256', relaxBody(message.subarray(bodyAt)), 'base64');
  const { names, text } = signedFields(parseHeaderText(above + message.toString('latin1', 0, bodyAt)));
  const seconds = Math.floor(signedAt.getTime() / 1000);
  const fields = await Promise.all(signers.map((signer) => signOne(signer, names, text, bodyHash, seconds)));
  return fields.join('');
}

/** The h= names in order and the canonical fields that they choose, each with its CRLF. */
function signedFields(fields: HeaderField[]): { names: string[]; text: string } {
  const byName = new Map<string, HeaderField[]>();
  for (const field of fields) {
    const name = field.name.toLowerCase();
    const same = byName.get(name);
    if (same) same.push(field);
    else byName.set(name, [field]);
  }
  const names: string[] = [];
  let text = '';
  for (const name of [...OVERSIGNED, ...SIGNED]) {
    // Instances are taken from the bottom up (5.4.2); one more name than instances selects an absent field.
    for (const field of (byName.get(name) ?? []).toReversed()) {
      names.push(name);
      text += `${relaxField(field.raw)}\r\n`;
    }
    if (OVERSIGNED.includes(name)) names.push(name);
  }
  return { names, text };
}

async function signOne(signer: DkimSigner, names: string[], text: string, bodyHash: string, seconds: number): Promise<string> {
  const tags =
    `DKIM-Signature: v=1; a=${signer.algorithm}; c=relaxed/relaxed; d=${signer.domain};\r\n` +
    ` s=${signer.selector}; t=${seconds};\r\n` +
    ` h=${foldNames(names)};\r\n` +
    ` bh=${bodyHash};\r\n` +
    ' b=';
  const input = Buffer.from(text + relaxField(tags), 'latin1');
  const signature = await signBytes(signer, input);
  return `${tags}${signature.toString('base64').match(/.{1,72}/g)!.join('\r\n ')}\r\n`;
}

function foldNames(names: string[]): string {
  let line = '';
  let out = '';
  for (const [index, name] of names.entries()) {
    const piece = index === names.length - 1 ? name : `${name}:`;
    if (line.length + piece.length > 70) {
      out += `${line}\r\n  `;
      line = '';
    }
    line += piece;
  }
  return out + line;
}

function signBytes(signer: DkimSigner, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, signature: Buffer): void => (error ? reject(error) : resolve(signature));
    if (signer.algorithm === 'rsa-sha256') sign('sha256', input, signer.privateKey, done);
    // RFC 8463 3: Ed25519 signs the SHA-256 of the input, not the input.
    else sign(null, hash('sha256', input, 'buffer'), signer.privateKey, done);
  });
}

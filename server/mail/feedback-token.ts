// The signed token that outgoing mail carries, so that what comes back about it can be believed: in the return path
// (VERP, `bounce+<token>@…`) and in a header field that complaints bring back. Pure; keys come from the caller.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token may vouch for; one made for the one place is none in the other. */
export type TokenUse = 'return-path' | 'header';

export interface TokenSubject {
  /** UUID version 7: its time is the token's age. */
  queueId: string;
  /** Null: the token speaks of the message, and of any of its recipients. */
  recipientNo: number | null;
}

export interface TokenKey {
  /** 0 to 255; tells which of several keys made a token. */
  id: number;
  /** At least 32 bytes. */
  secret: Uint8Array;
}

export type OpenedToken =
  | { kind: 'valid'; subject: TokenSubject }
  | { kind: 'expired'; subject: TokenSubject }
  /** Not made by any of our keys, or changed on its way. */
  | { kind: 'forged' };

/** Key id, queue id, recipient number, MAC: 29 octets are 47 letters, which leaves 17 of a local part's 64. */
const MAC_OCTETS = 10;
const SUBJECT_OCTETS = 1 + 16 + 2;
export const TOKEN_LETTERS = Math.ceil(((SUBJECT_OCTETS + MAC_OCTETS) * 8) / 5);
const ANY_RECIPIENT = 0xffff;

/** RFC 4648 base32 in lower case: survives servers that change the case of a local part. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Return paths outlive every queue (5 days is usual); complaints come in as long as mail is read. */
export const TOKEN_DAYS: Record<TokenUse, number> = { 'return-path': 14, header: 30 };

const DAY_MS = 86_400_000;

/** Makes a token of TOKEN_LETTERS letters and digits. @throws when the recipient number does not fit (0 to 65,534) */
export function makeToken(key: TokenKey, use: TokenUse, subject: TokenSubject): string {
  const number = subject.recipientNo ?? ANY_RECIPIENT;
  if (subject.recipientNo !== null && !(number >= 0 && number < ANY_RECIPIENT)) throw new Error(`recipient number ${number} does not fit a token`);
  const bytes = Buffer.alloc(SUBJECT_OCTETS + MAC_OCTETS);
  bytes[0] = key.id;
  bytes.write(subject.queueId.replaceAll('-', ''), 1, 'hex');
  bytes.writeUInt16BE(number, 17);
  mac(key, use, bytes.subarray(0, SUBJECT_OCTETS)).copy(bytes, SUBJECT_OCTETS);
  return base32(bytes);
}

/**
 * Reads a token, in any case.
 * @param keys those that are accepted, the retired ones too
 * @param nowMs Unix time that its age is counted to
 */
export function openToken(keys: readonly TokenKey[], use: TokenUse, text: string, nowMs: number): OpenedToken {
  const bytes = fromBase32(text);
  if (bytes === null) return { kind: 'forged' };
  const stated = bytes.subarray(0, SUBJECT_OCTETS);
  const key = keys.find((candidate) => candidate.id === bytes[0] && timingSafeEqual(mac(candidate, use, stated), bytes.subarray(SUBJECT_OCTETS)));
  if (key === undefined) return { kind: 'forged' };
  const hex = bytes.toString('hex', 1, 17);
  const queueId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  const number = bytes.readUInt16BE(17);
  const subject = { queueId, recipientNo: number === ANY_RECIPIENT ? null : number };
  const ageMs = nowMs - bytes.readUIntBE(1, 6);
  return { kind: ageMs > TOKEN_DAYS[use] * DAY_MS ? 'expired' : 'valid', subject };
}

function mac(key: TokenKey, use: TokenUse, stated: Uint8Array): Buffer {
  return createHmac('sha256', key.secret).update(`${use}\0`).update(stated).digest().subarray(0, MAC_OCTETS);
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** Null for anything but the one spelling (case aside) that base32 gives for a token. */
function fromBase32(text: string): Buffer | null {
  if (text.length !== TOKEN_LETTERS) return null;
  const bytes = Buffer.alloc(SUBJECT_OCTETS + MAC_OCTETS);
  let at = 0;
  let bits = 0;
  let value = 0;
  for (const letter of text.toLowerCase()) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return null;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 0xff;
    }
  }
  return (value & ((1 << bits) - 1)) === 0 ? bytes : null;
}

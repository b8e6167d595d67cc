// The Sender Rewriting Scheme: a forwarded message's envelope sender, rewritten into our domain so that SPF passes for
// the forwarder, and read back when a bounce comes. Follows the SRS document (Wilson 2004; guarded scheme with SRS0 and
// SRS1), with a hash of 40 bits where it suggests 20. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Days that a rewritten address stays good: the longest life in our queue and the next one's, with room. */
const VALID_DAYS = 21;
const DAY_MS = 86_400_000;
const HASH_CHARACTERS = 8;
/** RFC 4648 base32; SRS wants an alphabet that survives a change of case. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const MAX_LOCAL_OCTETS = 64;

export type SrsReading =
  /** Where a bounce to this address belongs. */
  | { kind: 'valid'; address: string }
  | { kind: 'expired' }
  | { kind: 'forged' }
  /** Not an SRS address at all. */
  | { kind: 'none' };

/**
 * Rewrites an envelope sender for a forward.
 * @param reversePath `local@domain`, not the null path (that one is forwarded as it is)
 * @param domain of the forwarder, A-labels; bounces come back to it
 * @param now milliseconds since the epoch
 * @returns the new reverse-path, or null when it would not fit into 64 octets before the @ (RFC 5321 4.5.3.1.1) or the
 *   local part needs quoting or SMTPUTF8: then the caller uses an address of its own
 */
export function srsForward(key: Uint8Array, reversePath: string, domain: string, now: number): string | null {
  const at = reversePath.lastIndexOf('@');
  const local = reversePath.slice(0, at);
  const from = reversePath.slice(at + 1).toLowerCase();
  if (from === domain.toLowerCase()) return reversePath;
  if (!/^[\x21-\x7e]+$/.test(local) || /["\\@]/.test(local)) return null;
  const rewritten = againForward(key, local, from) ?? firstForward(key, local, from, now);
  return rewritten.length > MAX_LOCAL_OCTETS ? null : `${rewritten}@${domain}`;
}

function firstForward(key: Uint8Array, local: string, from: string, now: number): string {
  const signed = `${dayStamp(now)}=${from}=${local}`;
  return `SRS0=${hashOf(key, signed)}=${signed}`;
}

/** SRS0 of another forwarder becomes SRS1, which keeps the first forwarder only: the length no longer grows. */
function againForward(key: Uint8Array, local: string, from: string): string | null {
  const first = /^SRS0([-+=].+)$/i.exec(local);
  if (first) return guarded(key, from, first[1]!);
  const again = /^SRS1[-+=][^=]+=([^=]+)=([-+=].+)$/i.exec(local);
  return again ? guarded(key, again[1]!.toLowerCase(), again[2]!) : null;
}

function guarded(key: Uint8Array, forwarder: string, rest: string): string {
  return `SRS1=${hashOf(key, `${forwarder}=${rest}`)}=${forwarder}=${rest}`;
}

/**
 * Reads a rewritten address back.
 * @param key as at rewriting
 * @param localPart before the @, in any case
 * @param now milliseconds since the epoch
 */
export function srsReverse(key: Uint8Array, localPart: string, now: number): SrsReading {
  const again = /^SRS1[-+=]([^=]+)=([^=]+)=([-+=].+)$/i.exec(localPart);
  if (again) {
    const [, hash, forwarder, rest] = again as unknown as [string, string, string, string];
    if (!sameHash(hash, hashOf(key, `${forwarder.toLowerCase()}=${rest}`))) return { kind: 'forged' };
    return { kind: 'valid', address: `SRS0${rest}@${forwarder.toLowerCase()}` };
  }
  const first = /^SRS0[-+=]([^=]+)=([^=]+)=([^=]+)=(.+)$/i.exec(localPart);
  if (!first) return { kind: /^SRS[01][-+=]/i.test(localPart) ? 'forged' : 'none' };
  const [, hash, stamp, from, local] = first as unknown as [string, string, string, string, string];
  if (!sameHash(hash, hashOf(key, `${stamp}=${from}=${local}`))) return { kind: 'forged' };
  return isFresh(stamp, now) ? { kind: 'valid', address: `${local}@${from.toLowerCase()}` } : { kind: 'expired' };
}

/** The day modulo 1024, two characters. */
function dayStamp(now: number): string {
  const day = Math.floor(now / DAY_MS) % 1024;
  return BASE32[day >> 5]! + BASE32[day & 31]!;
}

function isFresh(stamp: string, now: number): boolean {
  const [high = -1, low = -1] = [...stamp.toLowerCase()].map((character) => BASE32.indexOf(character));
  if (stamp.length !== 2 || high < 0 || low < 0) return false;
  const age = (((Math.floor(now / DAY_MS) % 1024) - ((high << 5) | low)) + 1024) % 1024;
  // One day ahead: the clocks of two machines around midnight.
  return age <= VALID_DAYS || age === 1023;
}

/** Over the lower-case text: some hosts change the case of local parts on the way. */
function hashOf(key: Uint8Array, text: string): string {
  const digest = createHmac('sha256', key).update(text.toLowerCase()).digest();
  let bits = 0n;
  for (const byte of digest.subarray(0, 5)) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: HASH_CHARACTERS }, (_, index) => BASE32[Number((bits >> BigInt(35 - 5 * index)) & 31n)]).join('');
}

function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a.toLowerCase());
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

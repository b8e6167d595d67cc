// What makes a link: sixteen random bytes and their signature. Without the installation's key nobody makes a valid one,
// neither by trying nor from a copy of the database; an invalid one is refused before the database is asked.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const RANDOM_BYTES = 16;
const SIGNATURE_BYTES = 16;

export const newLinkId = (): Buffer => randomBytes(RANDOM_BYTES);

const signature = (key: Uint8Array, linkId: Uint8Array): Buffer => createHmac('sha256', key).update(linkId).digest().subarray(0, SIGNATURE_BYTES);

/** 43 characters for URLs. */
export const shareToken = (key: Uint8Array, linkId: Uint8Array): string => Buffer.concat([linkId, signature(key, linkId)]).toString('base64url');

/** The random bytes, or null unless the signature is ours. */
export function readShareToken(key: Uint8Array, token: string): Buffer | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== RANDOM_BYTES + SIGNATURE_BYTES || bytes.toString('base64url') !== token) return null;
  const linkId = bytes.subarray(0, RANDOM_BYTES);
  return timingSafeEqual(bytes.subarray(RANDOM_BYTES), signature(key, linkId)) ? linkId : null;
}

// Which image addresses the proxy may fetch for whom: signing and checking. Fetching is image-proxy.ts's.
import { equalConstantTime, hmacSha256 } from '../../infra/crypto/hash.ts';

const SIGNATURE_CHARACTERS = 22;
const MAX_URL_CHARACTERS = 3000;

export interface RemoteImageSigner {
  /** Path of the proxied image; valid for that account only. Contains no character that HTML or CSS would quote. */
  pathFor(accountId: string, url: string): string;
  /** The address behind a token of `pathFor`, or null when it was not signed for this account. */
  open(accountId: string, token: string): string | null;
}

/** @param key 32 bytes, the same in every web process */
export function createRemoteImageSigner(key: Uint8Array): RemoteImageSigner {
  const sign = (accountId: string, encoded: string) =>
    hmacSha256(key, `image:${accountId}:${encoded}`).slice(0, SIGNATURE_CHARACTERS);
  return {
    pathFor(accountId, url) {
      const encoded = Buffer.from(url.slice(0, MAX_URL_CHARACTERS)).toString('base64url');
      return `/api/images?u=${sign(accountId, encoded)}${encoded}`;
    },
    open(accountId, token) {
      const encoded = token.slice(SIGNATURE_CHARACTERS);
      if (!equalConstantTime(token.slice(0, SIGNATURE_CHARACTERS), sign(accountId, encoded))) return null;
      const url = Buffer.from(encoded, 'base64url').toString();
      return URL.canParse(url) ? url : null;
    },
  };
}

// For which name and pages passkeys are made (WebAuthn's relying party). Pure.

export interface RelyingParty {
  id: string;
  /** The origin whose pages may ask. */
  origin: string;
}

/**
 * From the public address of the web app. A passkey belongs to a host name: with a bare IP address there are none,
 * save on this machine itself, where the name `localhost` means the same.
 */
export function relyingParty(publicUrl: string): RelyingParty | null {
  const url = new URL(publicUrl);
  const loopback = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname);
  if (loopback) return { id: 'localhost', origin: `${url.protocol}//localhost${url.port === '' ? '' : `:${url.port}`}` };
  // Browsers offer WebAuthn in secure contexts only.
  if (url.protocol !== 'https:' || /^[\d.]+$|^\[/.test(url.hostname)) return null;
  return { id: url.hostname, origin: url.origin };
}

// Where a request came from: the client's address, whether it is our own page asking, over which scheme.

/** Set by instrumentation.ts from the socket, over whatever the client sent. */
export const PEER_HEADER = 'x-eider-peer';

/**
 * The client's address. Forwarding headers count only for as many proxies as the operator runs in front of us:
 * each appends the address that it saw, so the client's own inventions stand further left.
 * @param trustedProxyHops number of proxies; 0: the socket's address
 */
export function clientAddress(headers: Headers, trustedProxyHops: number): string {
  const peer = headers.get(PEER_HEADER) ?? '';
  if (trustedProxyHops > 0) {
    const chain = (headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim()).filter(Boolean);
    const forwarded = chain.at(-trustedProxyHops);
    if (forwarded) return plainAddress(forwarded);
  }
  return plainAddress(peer) || 'unknown';
}

function plainAddress(text: string): string {
  return text.replace(/^::ffff:(?=\d+\.)/, '').slice(0, 64);
}

/**
 * Whether an unsafe request may come from our own pages. Browsers send Origin with every such request; a program
 * that sends neither Origin nor Sec-Fetch-Site carries no cookie of a user's browser.
 */
export function isOwnOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = headers.get('origin');
  if (origin === null) return true;
  if (origin === new URL(publicUrl).origin) return true;
  const host = headers.get('host');
  if (host === null) return false;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

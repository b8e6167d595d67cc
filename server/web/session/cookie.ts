// The session cookie: name, flags, reading. The token in it is random and means nothing by itself.

export interface CookieOptions {
  /** The browser reached us by HTTPS. */
  secure: boolean;
  /** Seconds; absent: until the browser closes. */
  maxAgeSeconds?: number;
}

/** The `__Host-` prefix pins host, path and Secure, but browsers take it over HTTPS only. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-eider' : 'eider';
}

/** The Set-Cookie value that stores `token`; an empty token removes the cookie. */
export function sessionCookie(token: string, options: CookieOptions): string {
  const parts = [`${cookieName(options.secure)}=${token}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (options.secure) parts.push('Secure');
  if (token === '') parts.push('Max-Age=0');
  else if (options.maxAgeSeconds !== undefined) parts.push(`Max-Age=${options.maxAgeSeconds}`);
  return parts.join('; ');
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** The session token in a Cookie header, or null when there is none that looks like one. */
export function readSessionCookie(header: string | null, secure: boolean): string | null {
  const wanted = cookieName(secure);
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals < 0 || part.slice(0, equals).trim() !== wanted) continue;
    const value = part.slice(equals + 1).trim();
    if (TOKEN.test(value)) return value;
  }
  return null;
}

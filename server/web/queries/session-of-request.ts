// The session of the page being rendered, once per request, for server components.
import { cookies } from 'next/headers';
import { cache } from 'react';
import { services } from '../services.ts';
import { cookieName } from '../session/cookie.ts';
import type { Session } from '../session/session.store.ts';

/** Null when nobody is signed in, or the session has ended. Makes the page dynamic. */
export const sessionOfRequest = cache(async (): Promise<Session | null> => {
  const own = services();
  const token = (await cookies()).get(cookieName(own.config.publicUrl.startsWith('https:')))?.value;
  return token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? own.sessions.find(token) : null;
});

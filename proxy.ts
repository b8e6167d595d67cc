// Security headers of every page: a Content-Security-Policy with a nonce per request, and what goes with it.
// API answers, pages behind shared links and answers to mail programs set their own (server/web/api/dispatch.ts) and do not pass here: a proxy would buffer uploads.
import { randomBytes } from 'node:crypto';
import { NextResponse, type NextRequest } from 'next/server';
import { pageHeaders } from './server/web/page-headers.ts';

export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString('base64');
  const answer = pageHeaders({
    nonce,
    development: process.env['NODE_ENV'] === 'development',
    secure: (process.env['EIDER_PUBLIC_URL'] ?? '').startsWith('https:'),
  });
  // Next reads the nonce for its own scripts from the request's policy.
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', answer['content-security-policy']!);
  headers.set('x-nonce', nonce);
  // Pages learn where they are from here (sign-in's way back), never from what a client claims.
  headers.set('x-eider-path', request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  for (const [name, value] of Object.entries(answer)) response.headers.set(name, value);
  return response;
}

export const config = {
  matcher: [{ source: '/((?!api/|f/|\\.well-known/|autodiscover/|mail/config-v1\\.1\\.xml|_next/static/|_next/image|fonts/|icons/|offline-files.json|service-worker.js|manifest.webmanifest|icon.svg|favicon.ico).*)' }],
};

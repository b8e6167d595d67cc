// One request from URL to answer: route, session, CSRF, permission, validation, handler, headers, errors.
// Knows Request and Response, no framework.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ROUTES, type RouteContract } from '../contract/routes.ts';
import type { RouteName } from '../contract/paths.ts';
import type { Services } from '../services.ts';
import { readSessionCookie, sessionCookie } from '../session/cookie.ts';
import type { Session } from '../session/session.store.ts';
import { AppError, errorBody } from './app-error.ts';
import type { Handlers, PublicContext } from './context.ts';
import { mapError } from './map-error.ts';
import { matchRoute } from './match-route.ts';
import { may } from './permissions.ts';
import { readJson, readQuery, validate } from './read-input.ts';
import { clientAddress, isOwnOrigin } from './request-origin.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** A draft carries its HTML and its text. */
const COMPOSE_BODY_BYTES = 12 * 1024 * 1024;
const OTHER_BODY_BYTES = 256 * 1024;

/** For how long a proof of ownership lasts where one is asked for. */
const VERIFIED_MS = 10 * 60_000;

/** Sent with every answer that does not set its own. */
const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** A function that answers API requests with these services and handlers; it never rejects. */
export function createDispatch(services: Services, handlers: Handlers): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = randomUUID();
    const url = new URL(request.url);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = matchRoute(method, url.pathname);
    let session: Session | null = null;
    const answerHeaders = new Headers();
    try {
      if (match.kind === 'none') throw new AppError('not_found');
      if (match.kind === 'wrong-method') {
        answerHeaders.set('allow', match.allowed.join(', '));
        throw new AppError('method_not_allowed');
      }
      const contract: RouteContract = ROUTES[match.name];
      const secure = services.config.publicUrl.startsWith('https:');
      const token = readSessionCookie(request.headers.get('cookie'), secure);
      session = token === null ? null : await services.sessions.find(token);
      guard(services, request, contract, session);
      const context: PublicContext = {
        services,
        request,
        requestId,
        session,
        secure,
        answerHeaders,
        log: services.log,
        ip: clientAddress(request.headers, services.config.trustedProxyHops),
        userAgent: request.headers.get('user-agent') ?? '',
      };
      const input = await readInput(match.name, contract, request, url, match.params);
      const handler = handlers[match.name] as (input: unknown, context: PublicContext) => Promise<unknown>;
      const result = await handler(input, context);
      await renewSession(services, session, contract, context);
      return answer(services, contract, result, answerHeaders, requestId);
    } catch (thrown) {
      // The client went away in the middle: nobody reads the answer, and the fault is not ours.
      const cause = request.signal.aborted && !(thrown instanceof AppError) ? new AppError('invalid_request', { text: 'The request was broken off.' }) : thrown;
      const error = mapError(cause, services.log, {
        requestId,
        route: match.kind === 'route' ? match.name : 'none',
        ...(session ? { accountId: session.accountId } : {}),
      });
      if (error.retryAfterSeconds !== undefined) answerHeaders.set('retry-after', String(error.retryAfterSeconds));
      return withHeaders(Response.json(errorBody(error, requestId), { status: error.status }), answerHeaders, requestId);
    }
  };
}

/** Session, permission, CSRF and proof of ownership. A public route skips the first two, never the origin check. */
function guard(services: Services, request: Request, contract: RouteContract, session: Session | null): void {
  const unsafe = !SAFE.has(request.method);
  if (unsafe && !isOwnOrigin(request.headers, services.config.publicUrl)) throw new AppError('csrf_failed');
  if (contract.permission === 'public') return;
  if (!session) throw new AppError('unauthenticated');
  if (!may(session.role, contract.permission)) throw new AppError('forbidden');
  if (unsafe && !services.sessions.csrfMatches(session, request.headers.get('x-csrf-token'))) throw new AppError('csrf_failed');
  if (contract.verified && Date.now() - session.verifiedAt.getTime() > VERIFIED_MS) throw new AppError('step_up_required');
}

async function readInput(name: RouteName, contract: RouteContract, request: Request, url: URL, params: Record<string, string>) {
  const limit = name === 'emails.send' || name.startsWith('drafts.') || name.startsWith('templates.') ? COMPOSE_BODY_BYTES : OTHER_BODY_BYTES;
  return {
    params: contract.params ? validateParams(contract.params, params) : {},
    query: contract.query ? validate(contract.query, readQuery(url)) : {},
    body: contract.body && contract.body !== 'bytes' ? validate(contract.body, await readJson(request, limit)) : undefined,
  };
}

/** An identifier that cannot exist is simply not there. */
function validateParams(schema: z.ZodType, params: Record<string, string>): unknown {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}

async function renewSession(services: Services, session: Session | null, contract: RouteContract, context: PublicContext): Promise<void> {
  if (!session || contract.permission === 'public' || context.answerHeaders.has('set-cookie')) return;
  const issued = await services.sessions.renew(session);
  if (!issued) return;
  context.answerHeaders.append(
    'set-cookie',
    sessionCookie(issued.token, { secure: context.secure, ...(issued.maxAgeSeconds === undefined ? {} : { maxAgeSeconds: issued.maxAgeSeconds }) }),
  );
}

function answer(services: Services, contract: RouteContract, result: unknown, headers: Headers, requestId: string): Response {
  if (result instanceof Response) return withHeaders(result, headers, requestId);
  if (services.checkAnswers && contract.response instanceof z.ZodType) contract.response.parse(result);
  return withHeaders(Response.json(result), headers, requestId);
}

function withHeaders(response: Response, extra: Headers, requestId: string): Response {
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  for (const [name, value] of extra) response.headers.append(name, value);
  response.headers.set('x-request-id', requestId);
  return response;
}

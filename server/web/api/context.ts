// What every handler gets beside its validated input.
import type { Logger } from '../../infra/log/logger.ts';
import type { InputOf, JsonRouteName, ResponseOf, ROUTES } from '../contract/routes.ts';
import type { RouteName } from '../contract/paths.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

interface RequestFacts {
  services: Services;
  request: Request;
  requestId: string;
  ip: string;
  userAgent: string;
  /** The browser reaches us by HTTPS. */
  secure: boolean;
  log: Logger;
  /** Headers to add to the answer (Set-Cookie). */
  answerHeaders: Headers;
}

/** Of a route that needs no session. */
export interface PublicContext extends RequestFacts {
  session: Session | null;
}

/** Of every other route. */
export interface AccountContext extends RequestFacts {
  session: Session;
}

type PublicRouteName = { [N in RouteName]: (typeof ROUTES)[N]['permission'] extends 'public' ? N : never }[RouteName];

export type ContextOf<N extends RouteName> = N extends PublicRouteName ? PublicContext : AccountContext;

/** JSON routes return their answer; the others a Response. */
export type Handler<N extends RouteName> = (
  input: InputOf<N>,
  context: ContextOf<N>,
) => Promise<N extends JsonRouteName | 'uploads.create' | 'uploads.part' ? ResponseOf<N> | Response : Response>;

export type Handlers = { [N in RouteName]: Handler<N> };

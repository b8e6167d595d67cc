// Every API request, of every method, to the dispatcher. One route file rather than one per path: the contract's
// table is then the only list of routes, and the test that walks it walks what is served.
import { createDispatch } from '../../../server/web/api/dispatch.ts';
import { handlers } from '../../../server/web/api/handlers.ts';
import { services } from '../../../server/web/services.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

let dispatch: ((request: Request) => Promise<Response>) | null = null;

function answer(request: Request): Promise<Response> {
  dispatch ??= createDispatch(services(), handlers);
  return dispatch(request);
}

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE, answer as HEAD };

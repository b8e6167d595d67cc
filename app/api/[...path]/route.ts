// Every API request, of every method, to the dispatcher. One route file rather than one per path: the contract's
// table is then the only list of routes, and the test that walks it walks what is served.
import { answer } from '../../../server/web/api/answer.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE, answer as HEAD };

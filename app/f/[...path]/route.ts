// Links to shared files, for people without an account: answered by the API's dispatcher.
import { answer } from '../../../server/web/api/answer.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

export { answer as GET, answer as HEAD };

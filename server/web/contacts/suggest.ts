// GET /api/contacts/suggest: completes a recipient from whom the account writes to and hears from.
import type { MailAddress } from '../contract/shapes.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { correspondentsOf } from './kept-correspondents.ts';
import { wordsOf } from './rank-correspondents.ts';

/** The best matches of what was typed: every typed word begins a word of the name or address. Most used first. */
export async function suggestRecipients(services: Services, session: Session, typed: string, limit: number): Promise<MailAddress[]> {
  const wanted = wordsOf(typed);
  const { ranked } = await correspondentsOf(services, session.accountId);
  return ranked
    .filter((entry) => wanted.every((word) => entry.words.some((own) => own.startsWith(word))))
    .slice(0, limit)
    .map(({ name, address }) => ({ name, address }));
}

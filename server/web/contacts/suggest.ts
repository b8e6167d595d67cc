// GET /api/contacts/suggest and …/others: people and groups by use.
import { wordsOf } from '../../mail/person-words.ts';
import type { Suggestion } from '../contract/contacts.ts';
import type { MailAddress } from '../contract/shapes.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { correspondentsOf } from './kept-correspondents.ts';
import type { Ranked } from './rank-people.ts';

const OTHERS_SHOWN = 100;

/** The best matches of what was typed: every typed word begins a word of the name or address. Most used first. */
export async function suggestRecipients(services: Services, session: Session, typed: string, limit: number): Promise<Suggestion[]> {
  const { ranked } = await correspondentsOf(services, session.accountId);
  return matching(ranked, typed).slice(0, limit).map(({ name, address, members }) => ({ name, address, ...(members && { members }) }));
}

/** Whom the account writes to without keeping them. */
export async function otherPeople(services: Services, session: Session, typed: string): Promise<MailAddress[]> {
  const { ranked } = await correspondentsOf(services, session.accountId);
  return matching(ranked.filter((entry) => entry.writtenTo && entry.contactId === undefined), typed)
    .slice(0, OTHERS_SHOWN)
    .map(({ name, address }) => ({ name, address }));
}

function matching(ranked: readonly Ranked[], typed: string): Ranked[] {
  const wanted = wordsOf(typed);
  return ranked.filter((entry) => wanted.every((word) => entry.words.some((own) => own.startsWith(word))));
}

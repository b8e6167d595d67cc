// The automatic reply: kept and sent by the mail store, once per sender within four days, never to lists, machines or
// spam; it leaves through our queue like all mail.
import type { Vacation } from '../contract/filters.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { readSettings } from '../settings/settings.store.ts';

const dayOf = (moment: Date | null): string | null => moment?.toISOString().slice(0, 10) ?? null;

export async function readVacation({ wildduck }: Services, session: Session): Promise<Vacation> {
  const { enabled, subject, text, start, end } = await wildduck.getAutoreply(session.wildduckUserId);
  return { enabled, subject, text, firstDay: dayOf(start), lastDay: dayOf(end) };
}

export async function writeVacation(services: Services, session: Session, vacation: Vacation): Promise<Vacation> {
  const { displayName } = await readSettings(services.pool, session.accountId);
  await services.wildduck.setAutoreply(session.wildduckUserId, {
    enabled: vacation.enabled,
    name: displayName.slice(0, 128),
    subject: vacation.subject,
    text: vacation.text,
    start: vacation.firstDay === null ? null : new Date(`${vacation.firstDay}T00:00:00Z`),
    end: vacation.lastDay === null ? null : new Date(`${vacation.lastDay}T23:59:59Z`),
  });
  return readVacation(services, session);
}

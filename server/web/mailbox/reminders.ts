// "Remind me if nobody answers": set with a message that is sent or on a conversation, and brought back by the chores. The sent
// message stays in Sent; what comes back is a copy in the inbox, unread, which mail programs see too.
import { WildduckError } from '../../infra/wildduck/errors.ts';
import { getMessageRows, placesOfConversations } from '../../mailbox/conversation.store.ts';
import {
  claimDueReminders, dropReminders, endReminder, findReminded, noteReminded, remindersOf, setReminder, type DueReminder,
} from '../../mailbox/reminder.store.ts';
import { applyFlags } from '../../mailbox/apply.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { REMIND_DAYS_MAX, type ReminderAnswer } from '../contract/reminders.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { ownAddresses } from './list-mail.ts';

const DAY_MS = 86_400_000;
const BATCH = 100;

/** Sets, moves or ends (null) the reminder of the last message that the account wrote in a conversation. @throws AppError not_found, conflict, invalid_request */
export async function remindOfConversation(services: Services, session: Session, conversationId: string, at: Date | null): Promise<ReminderAnswer> {
  const { pool } = services;
  if (at && !(at.getTime() > Date.now() && at.getTime() <= Date.now() + REMIND_DAYS_MAX * DAY_MS)) throw fieldError('remindAt', `a moment to come, at most ${REMIND_DAYS_MAX} days away`);
  const places = await placesOfConversations(pool, { accountId: session.accountId, conversationIds: [conversationId] });
  if (places.length === 0) throw new AppError('not_found');
  if (at === null) {
    await dropReminders(pool, session.accountId, conversationId);
    return { reminder: null };
  }
  const own = await ownAddresses(services, session);
  const written = (await getMessageRows(pool, session.accountId, places))
    .filter((row) => own.has(row.from.address.toLowerCase()) && row.folderUse !== 'drafts' && row.internetId !== '')
    .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
  const last = written.at(-1);
  if (!last) throw new AppError('conflict', { text: 'There is no message of yours in this conversation.' });
  await setReminder(pool, session.accountId, { internetId: last.internetId, sentAt: last.receivedAt, remindAt: at });
  const reminder = (await remindersOf(pool, session.accountId, [conversationId], own)).get(conversationId);
  return { reminder: reminder ? { remindAt: reminder.remindAt.toISOString() } : null };
}

/** Chore: brings back what nobody answered, and forgets what somebody did. */
export async function remindOfUnanswered(services: Services): Promise<void> {
  for (;;) {
    const due = await claimDueReminders(services.pool, BATCH);
    for (const reminder of due) {
      try {
        await remind(services, reminder);
      } catch (error) {
        if (!(error instanceof WildduckError)) throw error;
        services.log.warn({ err: error.message, account: reminder.accountId }, 'a reminder is put off');
      }
    }
    if (due.length < BATCH) return;
  }
}

/** A worker that dies after the copy is stored leaves it in the inbox, where the next one finds it. */
async function remind(services: Services, due: DueReminder): Promise<void> {
  const { pool, wildduck } = services;
  const { accountId, internetId, wildduckUserId } = due;
  const found = await findReminded(pool, due, await ownAddresses(services, due));
  if (!found || found.answered) return endReminder(pool, accountId, internetId);
  const place = { userId: wildduckUserId, mailboxId: found.folderId, uid: found.uid };
  if (found.inInbox) {
    await services.flags.changeFlags(place, [found.uid], { remove: ['\\Seen'] });
    await applyFlags(pool, { accountId, places: [found], changes: { unread: true } });
  } else {
    const source = await wildduck.getSource(place);
    if (!source) return endReminder(pool, accountId, internetId);
    const inbox = await services.facts.folderFor(due, 'inbox');
    await wildduck.uploadRaw({ userId: wildduckUserId, mailboxId: inbox }, Buffer.concat(await source.toArray()), { unseen: true, date: new Date() });
  }
  await noteReminded(pool, accountId, internetId);
}

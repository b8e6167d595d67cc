// A message that the session may read: its row in the account's index, and its content. Everything that serves a part
// of a message begins here, so that ownership is checked in one place, before the mail store is asked (which is asked
// under the account's own user id besides).
import { getMessageRow } from '../../mailbox/conversation.store.ts';
import type { MessageRow } from '../../mailbox/types.ts';
import { AppError } from '../api/app-error.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import type { EmailPlace } from './email-id.ts';
import { readContent, type StoredContent } from './read-content.ts';

/** @throws AppError not_found: no such message in this account */
export async function requireRow(services: Services, session: Session, place: EmailPlace): Promise<MessageRow> {
  const row = await getMessageRow(services.pool, session.accountId, place);
  if (!row) throw new AppError('not_found');
  return row;
}

/** @throws AppError not_found, or gone when another program has just moved or deleted it */
export async function openMessage(services: Services, session: Session, place: EmailPlace): Promise<{ row: MessageRow; content: StoredContent }> {
  const row = await requireRow(services, session, place);
  const content = await readContent(services, session.wildduckUserId, place);
  if (!content) throw new AppError('gone', { text: 'This message was moved or deleted in another program.' });
  return { row, content };
}

// Folder and conversation lists and search, straight from the index.
import { listConversations, CursorError } from '../../mailbox/list.store.ts';
import { listFolders } from '../../mailbox/folder.store.ts';
import { searchConversations } from '../../mailbox/search.store.ts';
import { fieldError } from '../api/app-error.ts';
import { remindersOf } from '../../mailbox/reminder.store.ts';
import { wakeTimes } from '../../mailbox/snooze.store.ts';
import type { ConversationPage, Folder, SpecialUse } from '../contract/mailbox.ts';
import { keywordOfId } from '../labels/label-id.ts';
import { viewOfLabel } from '../labels/labels.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { toConversationRow, toFolder, type OwnAddresses } from './to-contract.ts';

export async function foldersOf(services: Services, session: Session): Promise<Folder[]> {
  return (await listFolders(services.pool, session.accountId)).map(toFolder);
}

export interface ListRequest {
  folderId: string;
  cursor?: string | undefined;
  limit: number;
  filter?: 'unread' | 'starred' | undefined;
  /** What the folder is for, where that is known. */
  use?: SpecialUse | undefined;
}

/** One page of a folder, a label, or the `starred` view. An unknown one is empty. */
export async function conversationsIn(services: Services, session: Session, request: ListRequest): Promise<ConversationPage> {
  const keyword = keywordOfId(request.folderId);
  const folderId = keyword === null ? request.folderId : await viewOfLabel(services, session.accountId, keyword);
  const [page, own] = await Promise.all([
    named(() => listConversations(services.pool, { accountId: session.accountId, ...request, folderId })),
    ownAddresses(services, session),
  ]);
  const until = request.use === 'snoozed' ? await wakeTimes(services.pool, session.accountId, page.rows.map((row) => row.conversationId)) : null;
  const reminders = request.use === 'inbox' ? await remindersOf(services.pool, session.accountId, page.rows.map((row) => row.conversationId), own) : null;
  const items = page.rows.map((row) => {
    const wakeAt = until?.get(row.conversationId);
    const reminder = reminders?.get(row.conversationId);
    return {
      ...toConversationRow(row, own),
      ...(wakeAt && { snoozedUntil: wakeAt.toISOString() }),
      ...(reminder?.state === 'reminded' && { unansweredSince: reminder.sentAt.toISOString() }),
    };
  });
  return { items, nextCursor: page.nextCursor };
}

export interface SearchRequest {
  q: string;
  folderId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export async function searchMail(services: Services, session: Session, request: SearchRequest): Promise<ConversationPage> {
  const { q, ...page } = request;
  const [found, own] = await Promise.all([
    named(() => searchConversations(services.pool, { accountId: session.accountId, query: q, ...page })),
    ownAddresses(services, session),
  ]);
  return { items: found.rows.map((row) => toConversationRow(row, own)), nextCursor: found.nextCursor };
}

/**
 * The account's addresses, lower case. Lists do not wait for a mail store that is slow or away: the account's main
 * address stands in.
 */
export async function ownAddresses(services: Services, session: Pick<Session, 'address' | 'wildduckUserId'>): Promise<OwnAddresses> {
  const known = services.facts.identities(session).then((identities) => identities.map((identity) => identity.address.toLowerCase()));
  const patience = new Promise<string[]>((resolve) => setTimeout(() => resolve([]), 150).unref());
  const addresses = await Promise.race([known.catch(() => []), patience]);
  return new Set([session.address.toLowerCase(), ...addresses]);
}

/** A cursor that this list did not make is the client's mistake. */
async function named<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CursorError) throw fieldError('cursor', 'not a cursor of this list; start again without one');
    throw error;
  }
}

// Folder and conversation lists and search, straight from the index.
import { listConversations, CursorError } from '../../mailbox/list.store.ts';
import { listFolders } from '../../mailbox/folder.store.ts';
import { searchConversations } from '../../mailbox/search.store.ts';
import { fieldError } from '../api/app-error.ts';
import type { ConversationPage, Folder } from '../contract/mailbox.ts';
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
}

/** One page of a folder (or of the `starred` view). An unknown folder is an empty one. */
export async function conversationsIn(services: Services, session: Session, request: ListRequest): Promise<ConversationPage> {
  const [page, own] = await Promise.all([
    named(() => listConversations(services.pool, { accountId: session.accountId, ...request })),
    ownAddresses(services, session),
  ]);
  return { items: page.rows.map((row) => toConversationRow(row, own)), nextCursor: page.nextCursor };
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
export async function ownAddresses(services: Services, session: Session): Promise<OwnAddresses> {
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

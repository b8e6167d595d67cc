// What a page shows at once, read on the server without a request of its own. The same data as the API's, so that the
// client's query cache can begin with it. Null (or undefined) means: let the browser ask.
import { cache } from 'react';
import { PAGE_LIMIT_DEFAULT } from '../contract/shapes.ts';
import type { Conversation } from '../contract/message.ts';
import type { ConversationPage, Folder, SpecialUse } from '../contract/mailbox.ts';
import type { Me } from '../contract/session.ts';
import { conversationsIn, foldersOf } from '../mailbox/list-mail.ts';
import { readConversation } from '../message/read-email.ts';
import { services } from '../services.ts';
import { readMe } from '../settings/me.ts';
import { sessionOfRequest } from './session-of-request.ts';

/** The signed-in account, or null: then the page leads to the sign-in. */
export const currentMe = cache(async (): Promise<Me | null> => {
  const session = await sessionOfRequest();
  return session ? readMe(services(), session) : null;
});

export interface FirstMailbox {
  folders: Folder[];
  /** The folder that was asked for; null when the account has none such. */
  folder: Folder | null;
  page: ConversationPage;
}

/**
 * Folders and the first page of one of them.
 * @param which a special use, or a folder's id
 */
export async function firstMailbox(
  which: { use: SpecialUse } | { folderId: string },
  filter?: 'unread' | 'starred',
): Promise<FirstMailbox | null> {
  const session = await sessionOfRequest();
  if (!session) return null;
  const own = services();
  const folders = await foldersOf(own, session);
  const folder = folders.find((one) => ('use' in which ? one.specialUse === which.use : one.id === which.folderId)) ?? null;
  const page = folder
    ? await conversationsIn(own, session, { folderId: folder.id, limit: PAGE_LIMIT_DEFAULT, filter, use: folder.specialUse ?? undefined })
    : { items: [], nextCursor: null };
  return { folders, folder, page };
}

/** A conversation that the address names, or null when it is not there. */
export async function firstConversation(conversationId: string, folderId?: string): Promise<Conversation | null> {
  const session = await sessionOfRequest();
  if (!session) return null;
  try {
    return await readConversation(services(), session, conversationId, folderId);
  } catch (error) {
    services().log.debug({ err: (error as Error).message }, 'no conversation for the first load');
    return null;
  }
}

// What the server puts into the cache before the page reaches the browser: the account, and for the view of the
// address its folders, first page and conversation. Runs on the server only.
import type { QueryClient } from '@tanstack/react-query';
import { firstConversation, firstMailbox } from '../../../server/web/queries/first-load.ts';
import { listKey, openConversation, parseView, slugId, slugUse } from '../_navigation/view.ts';
import { keys } from './keys.ts';

/** `path` is the request's path with its query. What cannot be read is left for the browser to ask for. */
export async function fillFirstLoad(client: QueryClient, path: string): Promise<void> {
  const url = new URL(path, 'http://this.site');
  const view = parseView(url.pathname, url.searchParams);
  if (view.kind !== 'folder') return;
  const use = slugUse(view.folder);
  const which = use ? { use } : { folderId: slugId(view.folder) ?? '' };
  const conversationId = openConversation(view);
  const [mailbox, conversation] = await Promise.all([firstMailbox(which, view.filter ?? undefined), conversationId ? firstConversation(conversationId) : null]);
  if (mailbox) client.setQueryData(keys.folders, mailbox.folders);
  if (mailbox?.folder) client.setQueryData(keys.list(listKey(view)), { pages: [mailbox.page], pageParams: [null] });
  if (conversation && conversationId) client.setQueryData(keys.conversation(conversationId), conversation);
}

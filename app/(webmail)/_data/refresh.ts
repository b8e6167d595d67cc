// Reads again what a live event says has changed, without re-reading long lists from their top to their end.
import type { QueryClient } from '@tanstack/react-query';
import type { ConversationPage, Folder } from '../../../server/web/contract/mailbox.ts';
import { folderSlug, isLabelSlug, listKey } from '../_navigation/view.ts';
import type { ListView } from '../_navigation/view.ts';
import { keys } from './keys.ts';
import { withFreshHead } from './list-pages.ts';
import type { ListPages } from './list-pages.ts';
import { readListPage } from './use-conversation-list.ts';

/** Up to so many loaded pages are simply read again. */
const REREAD_PAGES = 2;

type ListMeta = { view: ListView; folderId?: string };

/** Refreshes folders, the lists of `folderIds` (all when empty) and whatever conversations are shown. */
export function refreshMailbox(client: QueryClient, folderIds: readonly string[]): void {
  void client.invalidateQueries({ queryKey: keys.folders });
  void client.invalidateQueries({ queryKey: keys.conversations });
  void client.invalidateQueries({ queryKey: keys.labels });
  const folders = client.getQueryData<Folder[]>(keys.folders) ?? [];
  const slugs = new Set(folders.filter((folder) => folderIds.includes(folder.id)).map(folderSlug));
  const labels = folderIds.filter((id) => id.startsWith('label:')).length;
  const views = labels + (folderIds.includes('starred') ? 1 : 0);
  const everything = folderIds.length === 0 || slugs.size + views < folderIds.length;

  for (const query of client.getQueryCache().findAll({ queryKey: keys.lists })) {
    const meta = query.meta as ListMeta | undefined;
    const concerned = everything || meta?.view.kind !== 'folder' || slugs.has(meta.view.folder) || (labels > 0 && isLabelSlug(meta.view.folder));
    if (!concerned) continue;
    const data = query.state.data as ListPages | undefined;
    if (meta && query.isActive() && data && data.pages.length > REREAD_PAGES) void refreshHead(client, meta);
    else void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }
}

async function refreshHead(client: QueryClient, { view, folderId }: ListMeta): Promise<void> {
  const key = keys.list(listKey(view));
  const fresh: ConversationPage | null = await readListPage(view, null, undefined, folderId).catch(() => null);
  if (fresh) client.setQueryData<ListPages>(key, (now) => now && withFreshHead(now, fresh));
  else void client.invalidateQueries({ queryKey: key, exact: true, refetchType: 'none' });
}

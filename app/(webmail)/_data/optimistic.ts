// Carries an action into every cached list, conversation and folder count, and can take it back.
import type { QueryClient } from '@tanstack/react-query';
import type { ActionName, Folder, SpecialUse } from '../../../server/web/contract/mailbox.ts';
import type { Conversation } from '../../../server/web/contract/message.ts';
import { isLabelSlug, slugId, slugUse } from '../_navigation/view.ts';
import { keys } from './keys.ts';
import { labelsAfter, pagesAfter, rowsOf } from './list-pages.ts';
import type { LabelChange, ListPages, ListPlace } from './list-pages.ts';
import type { Label } from '../../../server/web/contract/labels.ts';

/** The place that a cached list's key stands for ("folder:inbox:all", "search:…"). */
function placeOf(viewKey: string, labels: readonly Label[] | undefined): ListPlace & { slug: string | null } {
  const [kind, slug = ''] = viewKey.split(':');
  // Conversations of a label lie in many folders, as those of a search do.
  if (kind === 'folder' && isLabelSlug(slug)) return { kind: 'search', use: null, slug: null, keyword: labels?.find((label) => label.id === slug)?.keyword };
  return kind === 'folder' ? { kind: 'folder', use: slugUse(slug), slug } : { kind: 'search', use: null, slug: null };
}

const inFolder = (slug: string, folder: { id: string; specialUse: SpecialUse | null }) => (slugUse(slug) ? folder.specialUse === slugUse(slug) : folder.id === slugId(slug));

function conversationAfter(conversation: Conversation, action: ActionName, labels?: LabelChange): Conversation {
  const last = conversation.messages.length - 1;
  const messages = conversation.messages.map((message, index) => {
    if (action === 'label' && labels) return { ...message, labels: labelsAfter(message.labels, labels) };
    if (action === 'read' && message.unread) return { ...message, unread: false };
    if (action === 'unstar' && message.starred) return { ...message, starred: false };
    if (action === 'star' && index === last) return { ...message, starred: true };
    if (action === 'unread' && index === last) return { ...message, unread: true };
    return message;
  });
  const muted = action === 'mute' || (action !== 'unmute' && conversation.muted);
  return { ...conversation, messages, muted };
}

/**
 * Applies the action to what is cached.
 * @param slug the folder that the user looks at; other folders' lists keep their rows until the server tells
 * @returns a function that puts everything back as it was
 */
export function applyOptimistically(client: QueryClient, action: ActionName, ids: ReadonlySet<string>, slug: string | null, labels?: LabelChange): () => void {
  const undo: (() => void)[] = [];
  let unreadDelta = 0;
  let counted = false;
  const known = client.getQueryData<Label[]>(keys.labels);

  for (const [key, data] of client.getQueriesData<ListPages>({ queryKey: keys.lists })) {
    const place = placeOf(key[1] as string, known);
    const leaves = !['read', 'unread', 'star', 'unstar', 'label', 'mute', 'unmute'].includes(action);
    if (!data || (leaves && place.kind === 'folder' && place.slug !== slug && slug !== null)) continue;
    const after = pagesAfter(data, ids, action, place, labels);
    if (after === data) continue;
    if (place.slug !== null && place.slug === slug && !counted) {
      counted = true;
      const unreadIn = (pages: ListPages) => rowsOf(pages).reduce((sum, row) => sum + row.unreadCount, 0);
      unreadDelta = unreadIn(after) - unreadIn(data);
    }
    client.setQueryData(key, after);
    undo.push(() => client.setQueryData(key, data));
  }

  for (const id of ids) {
    const before = client.getQueryData<Conversation>(keys.conversation(id));
    if (!before) continue;
    client.setQueryData(keys.conversation(id), conversationAfter(before, action, labels));
    undo.push(() => client.setQueryData(keys.conversation(id), before));
  }

  const folders = client.getQueryData<Folder[]>(keys.folders);
  if (folders && slug !== null && unreadDelta !== 0) {
    client.setQueryData(
      keys.folders,
      folders.map((folder) => (inFolder(slug, folder) ? { ...folder, unread: Math.max(0, folder.unread + unreadDelta) } : folder)),
    );
    undo.push(() => client.setQueryData(keys.folders, folders));
  }
  return () => undo.forEach((step) => step());
}

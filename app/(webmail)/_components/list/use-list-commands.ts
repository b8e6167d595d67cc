'use client';
// What the keys do in a list: to the ticked conversations, else to the open one, else to the one at the cursor.
import { openLabelMenu } from '../../_state/label-menu.ts';
import { openSnoozeMenu } from '../../_state/snooze-menu.ts';
import { clearSelection, selectionStore } from '../../_state/selection.ts';
import { useCommands } from '../../_keyboard/use-commands.ts';
import { navigate } from '../../_navigation/use-view.ts';
import { openConversation, withConversation } from '../../_navigation/view.ts';
import type { ActionName } from '../../../../server/web/contract/mailbox.ts';
import type { ListController } from './use-list-controller.ts';

/** `openMove` shows the folder menu for the same targets. */
export function useListCommands(list: ListController, openMove: () => void): void {
  const { view, rows, selection, currentId } = list;
  const open = openConversation(view);
  const targets = selection.ids.size > 0 ? [...selection.ids] : open !== null ? [open] : currentId !== null ? [currentId] : [];
  const act = (action: ActionName) => (targets.length > 0 ? list.act(action, targets) : false);

  useCommands({
    next: () => list.move(1),
    previous: () => list.move(-1),
    open: () => (currentId !== null && open === null ? list.openId(currentId) : false),
    back: () => {
      if (selection.ids.size > 0) clearSelection();
      else if (open !== null) navigate(withConversation(view, null));
      else return false;
    },
    select: () => (currentId !== null ? list.select(currentId, false) : false),
    selectAll: () => selectionStore.set((now) => ({ ...now, ids: new Set(rows.map((row) => row.id)) })),
    selectNone: clearSelection,
    archive: () => act('archive'),
    trash: () => act(list.use === 'trash' || list.use === 'drafts' ? 'delete' : 'trash'),
    spam: () => act(list.use === 'junk' ? 'notSpam' : 'spam'),
    read: () => act('read'),
    unread: () => {
      const done = act('unread');
      if (done !== false && open !== null && list.mode !== 'split') navigate(withConversation(view, null));
      return done;
    },
    toggleStar: () => act(rows.find((row) => row.id === targets[0])?.starred ? 'unstar' : 'star'),
    label: () => openLabelMenu(targets),
    snooze: () => openSnoozeMenu(targets),
    mute: () => act('mute'),
    move: () => (targets.length > 0 ? openMove() : false),
  });
}

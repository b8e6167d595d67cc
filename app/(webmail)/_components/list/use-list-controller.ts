'use client';
// What the keyboard, the rows and the bars of a list share: rows, cursor, selection and actions.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent } from 'react';
import type { ActionName, ConversationRow, SpecialUse } from '../../../../server/web/contract/mailbox.ts';
import type { JobActionName } from '../../../../server/web/contract/jobs.ts';
import { loadBulkJobs } from '../../_data/load-bulk-jobs.ts';
import { useActions } from '../../_data/use-actions.ts';
import { useConversationList } from '../../_data/use-conversation-list.ts';
import { useFolder } from '../../_data/use-folders.ts';
import { isLabelSlug, openConversation, slugUse, withConversation, listKey } from '../../_navigation/view.ts';
import type { ListView, View } from '../../_navigation/view.ts';
import { navigate } from '../../_navigation/use-view.ts';
import { openCompose } from '../../_compose/compose-windows.ts';
import { clearSelection, ranged, selectionStore, toggled, withoutMissing } from '../../_state/selection.ts';
import type { Selection } from '../../_state/selection.ts';
import { useStore } from '../../_state/store.ts';
import type { LayoutMode } from '../../_state/layout-mode.ts';

/** Rows of the list on screen, for the parts of the page that stand outside it. */
export const shownRows: { current: readonly ConversationRow[] } = { current: [] };

/** The folder that actions refer to: where the user looks; null in searches and labels, which lie across folders. */
export const actionSlug = (view: View): string | null => (view.kind === 'folder' && !isLabelSlug(view.folder) ? view.folder : null);

/** Actions that the server does for all of a list. */
const isJobAction = (action: ActionName): action is JobActionName => !['snooze', 'unsnooze', 'mute', 'unmute'].includes(action);

/** The conversation beside the given one, or null at the ends. */
export function neighbour(rows: readonly ConversationRow[], id: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return id === null ? (rows[step === 1 ? 0 : rows.length - 1]?.id ?? null) : null;
  return rows[at + step]?.id ?? null;
}

function useSelection(view: ListView, rows: readonly ConversationRow[]): Selection {
  const selection = useStore(selectionStore);
  const key = listKey(view);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  useEffect(() => {
    selectionStore.set((now) => (now.viewKey === key ? withoutMissing(now, ids) : { viewKey: key, ids: new Set(), anchor: null, everything: false }));
  }, [key, ids]);
  return selection;
}

/** One per list on screen. */
export function useListController(view: ListView, mode: LayoutMode) {
  const searchFolder = useFolder(view.kind === 'search' ? view.folder : null);
  const list = useConversationList(view, searchFolder?.id);
  const { rows } = list;
  const selection = useSelection(view, rows);
  const perform = useActions();
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [focusTick, setFocusTick] = useState(0);
  const focusWanted = useRef(false);
  const open = openConversation(view);
  const use: SpecialUse | null = view.kind === 'folder' ? slugUse(view.folder) : null;
  shownRows.current = rows;

  const wasOpen = useRef(open);
  useEffect(() => {
    if (open !== null) setCurrentId(open);
    // Coming back from a conversation, the focus would be lost with it: the row takes it.
    else if (wasOpen.current !== null && document.activeElement === document.body) {
      focusWanted.current = true;
      setFocusTick((tick) => tick + 1);
    }
    wasOpen.current = open;
  }, [open]);

  const openRow = useCallback(
    (row: ConversationRow, event?: MouseEvent) => {
      if (use !== 'drafts' || (event && (event.metaKey || event.ctrlKey))) return;
      event?.preventDefault();
      openCompose({ kind: 'draft', emailId: row.latestEmailId });
    },
    [use],
  );

  const openId = useCallback(
    (id: string) => {
      const row = rows.find((each) => each.id === id);
      if (use === 'drafts' && row) openRow(row);
      else navigate(withConversation(view, id), open === null ? 'push' : 'replace');
    },
    [rows, use, openRow, view, open],
  );

  /** Moves the cursor; opens what it reaches when a conversation is being read. */
  const move = (step: 1 | -1, how: { open?: boolean } = {}) => {
    const next = neighbour(rows, currentId !== null && rows.some((row) => row.id === currentId) ? currentId : null, step);
    if (next === null) return;
    setCurrentId(next);
    const opens = how.open ?? open !== null;
    focusWanted.current = !opens;
    setFocusTick((tick) => tick + 1);
    if (opens) openId(next);
  };

  const select = useCallback(
    (id: string, range: boolean) => {
      selectionStore.set((now) => (range ? ranged(now, id, rows.map((row) => row.id)) : toggled(now, id)));
      setCurrentId(id);
    },
    [rows],
  );

  const act = useCallback(
    (action: ActionName, ids: string[], target?: { id: string; label: string }) => {
      const { everything, ids: ticked } = selectionStore.get();
      if (everything && isJobAction(action) && ids.length === ticked.size && ids.every((id) => ticked.has(id))) {
        void loadBulkJobs().then(({ startBulkJob }) => startBulkJob(view, { action, ...(target ? { target } : {}) }));
        return;
      }
      const stays = ['read', 'unread', 'star', 'unstar', 'label', 'unmute'].includes(action) || (action === 'mute' && use !== 'inbox');
      if (!stays && open !== null && ids.includes(open)) {
        const next = mode === 'split' ? (neighbour(rows, open, 1) ?? neighbour(rows, open, -1)) : null;
        const follow = next !== null && !ids.includes(next) ? next : null;
        navigate(withConversation(view, follow), 'replace');
      } else if (!stays && currentId !== null && ids.includes(currentId)) setCurrentId(neighbour(rows, currentId, 1));
      if (ids.length > 1 || selectionStore.get().ids.has(ids[0] ?? '')) clearSelection();
      perform({ action, conversationIds: ids, slug: actionSlug(view), quiet: action === 'star' || action === 'unstar', ...(target ? { target } : {}) });
    },
    [open, mode, rows, view, use, currentId, perform],
  );

  return { ...list, view, use, selection, currentId, focusTick, focusWanted: () => focusWanted.current, move, select, act, openRow, openId, mode };
}

export type ListController = ReturnType<typeof useListController>;

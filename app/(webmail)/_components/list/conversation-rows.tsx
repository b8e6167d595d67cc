'use client';
// The scrolling part of a list: only the rows in sight exist; more pages load before the end is reached.
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useLook } from '../../../../components/theme/look-store.ts';
import { Button } from '../../../../components/ui/button.tsx';
import type { ActionName, ConversationRow as Row } from '../../../../server/web/contract/mailbox.ts';
import { prefetchConversation } from '../../_data/use-conversation.ts';
import { rowHeight } from '../../_state/layout-mode.ts';
import type { LayoutMode } from '../../_state/layout-mode.ts';
import { listKey, openConversation, withConversation } from '../../_navigation/view.ts';
import { ConversationRow } from './conversation-row.tsx';
import type { ListController } from './use-list-controller.ts';

/** Scroll positions of lists, so that coming back finds the place. */
const positions = new Map<string, number>();
const HOVER_MS = 60;
const LOAD_AHEAD = 12;

export interface ConversationRowsProps {
  list: ListController;
  mode: LayoutMode;
  label: string;
}

/** Needs at least one row. */
export function ConversationRows({ list, mode, label }: ConversationRowsProps) {
  const t = useT();
  const { density } = useLook();
  const client = useQueryClient();
  const scroller = useRef<HTMLDivElement>(null);
  const hover = useRef(0);
  const { rows, view, currentId, selection } = list;
  const key = listKey(view);
  const height = rowHeight(mode, density);
  const stacked = mode !== 'single';

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    initialOffset: positions.get(key) ?? 0,
  });
  const items = virtual.getVirtualItems();

  useLayoutEffect(() => virtual.measure(), [virtual, height]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) element.scrollTop = positions.get(key) ?? 0;
  }, [key]);

  const lastShown = items.at(-1)?.index ?? 0;
  const { hasMore, loadingMore, moreFailed, loadMore } = list;
  useEffect(() => {
    if (hasMore && !loadingMore && !moreFailed && lastShown >= rows.length - LOAD_AHEAD) loadMore();
  }, [hasMore, loadingMore, moreFailed, loadMore, lastShown, rows.length]);

  const { focusTick } = list;
  useEffect(() => {
    const index = rows.findIndex((row) => row.id === currentId);
    if (index < 0 || focusTick === 0) return;
    virtual.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() => {
      const link = scroller.current?.querySelector<HTMLElement>(`[data-conversation-id="${CSS.escape(currentId ?? '')}"] [data-row-link]`);
      if (list.focusWanted()) link?.focus({ preventScroll: true });
    });
    // Only when the keyboard moved: rows that arrive must not pull the focus.
  }, [focusTick]);

  const onHover = useCallback(
    (id: string) => {
      window.clearTimeout(hover.current);
      hover.current = window.setTimeout(() => prefetchConversation(client, id, rows.find((row) => row.id === id)?.folderId), HOVER_MS);
    },
    [client, rows],
  );
  const { act, select, openRow } = list;
  const onAct = useCallback((id: string, action: ActionName) => act(action, [id]), [act]);
  const onOpen = useCallback((row: Row, event: MouseEvent) => openRow(row, event), [openRow]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    list.move(event.key === 'ArrowDown' ? 1 : -1, { open: false });
  };

  const open = openConversation(view);
  const firstId = items[0] ? rows[items[0].index]?.id : undefined;
  const tabStop = currentId !== null && items.some((item) => rows[item.index]?.id === currentId) ? currentId : firstId;

  return (
    <div
      ref={scroller}
      onScroll={(event) => positions.set(key, event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      className="h-full overflow-y-auto overscroll-contain contain-strict"
      data-testid="conversation-scroller"
    >
      <div role="list" aria-label={label} className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <ConversationRow
              key={row.id}
              row={row}
              to={withConversation(view, row.id)}
              use={list.use}
              stacked={stacked}
              compact={density === 'compact'}
              selected={selection.ids.has(row.id)}
              selecting={selection.ids.size > 0}
              open={row.id === open}
              current={row.id === tabStop}
              style={{ transform: `translateY(${item.start}px)` }}
              onSelect={select}
              onAct={onAct}
              onOpen={onOpen}
              onHover={onHover}
            />
          );
        })}
      </div>
      <div className="flex h-16 items-center justify-center text-xs text-ink-3 max-md:h-28 max-md:items-start max-md:pt-5">
        {moreFailed ? (
          <Button size="sm" onClick={loadMore}>
            {t('list.moreFailed')} {t('app.retry')}
          </Button>
        ) : loadingMore || hasMore ? (
          t('list.loadingMore')
        ) : (
          rows.length > 20 && t('list.end')
        )}
      </div>
    </div>
  );
}

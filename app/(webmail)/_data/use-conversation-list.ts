'use client';
// The pages of the list that a view shows, loaded as the reader scrolls.
import { useMemo } from 'react';
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '../../../server/web/contract/client.ts';
import type { ConversationPage } from '../../../server/web/contract/mailbox.ts';
import { isLabelSlug, listKey, slugId, slugUse } from '../_navigation/view.ts';
import type { ListView } from '../_navigation/view.ts';
import { keys } from './keys.ts';
import { rowsOf } from './list-pages.ts';

const PAGE = 50;

/** One page. Folders with a special use are asked for by it, so that the list needn't wait for the folder list. */
export function readListPage(view: ListView, cursor: string | null, signal?: AbortSignal, folderId?: string): Promise<ConversationPage> {
  const page = { limit: PAGE, ...(cursor ? { cursor } : {}) };
  const options = signal ? { signal } : {};
  if (view.kind === 'search') {
    return api('search.query', { query: { ...page, q: view.q, ...(folderId ? { folderId } : {}) } }, options);
  }
  const query = { ...page, ...(view.filter ? { filter: view.filter } : {}) };
  const use = slugUse(view.folder);
  if (use) return api('mailbox.byUse', { params: { use }, query }, options);
  return api('folders.conversations', { params: { folderId: isLabelSlug(view.folder) ? view.folder : (slugId(view.folder) ?? '') }, query }, options);
}

/** Query options of a view's list, shared by the list, prefetching and live updates. */
export function listOptions(view: ListView, folderId?: string) {
  return infiniteQueryOptions({
    queryKey: keys.list(listKey(view)),
    queryFn: ({ pageParam, signal }) => readListPage(view, pageParam, signal, folderId),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    enabled: view.kind === 'folder' || view.q.trim() !== '',
    meta: { view, folderId },
  });
}

/**
 * Rows and state of a view's list. While a search is typed on, the last results stay. `folderId`: where a search is
 * limited to.
 */
export function useConversationList(view: ListView, folderId?: string) {
  const query = useInfiniteQuery({ ...listOptions(view, folderId), ...(view.kind === 'search' ? { placeholderData: keepPreviousData } : {}) });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  return {
    rows,
    loading: query.isPending && query.isFetching,
    failed: query.isError && rows.length === 0,
    error: query.error,
    updating: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    moreFailed: query.isFetchNextPageError,
    refreshing: query.isRefetching,
    loadMore: () => void query.fetchNextPage({ cancelRefetch: false }),
    refresh: () => void query.refetch(),
  };
}

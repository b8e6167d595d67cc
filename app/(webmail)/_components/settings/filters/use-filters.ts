'use client';
// The account's filters and changes to them: each answers with the whole list.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import '../../../../../server/web/contract/account-paths.ts';
import type { FilterList } from '../../../../../server/web/contract/filters.ts';
import { showToast } from '../../../_state/toasts.ts';

const KEY = ['filters'] as const;

export function useFilters() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => api('filters.list', {}, { signal }) });
}

/** A refusal is told in a toast. */
export function useFilterChange<T>(change: (input: T) => Promise<FilterList>, onDone?: () => void) {
  const t = useT();
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (list) => {
      client.setQueryData(KEY, list);
      onDone?.();
    },
    onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
  });
}

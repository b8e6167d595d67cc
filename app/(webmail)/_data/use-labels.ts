'use client';
// Labels as they are shown: by name, nested, with their counts; and changes to them.
import { useMemo } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../server/web/contract/client.ts';
import type { Label, LabelColor } from '../../../server/web/contract/labels.ts';
import { keys } from './keys.ts';

export interface ShownLabel extends Label {
  /** The name without those of the labels it lies in. */
  label: string;
  /** Nesting, 0 at the top. Only labels that exist are nested in. */
  depth: number;
}

/** In the order of their names, with how they nest. */
export function arrangeLabels(labels: readonly Label[]): ShownLabel[] {
  const names = new Set(labels.map((label) => label.name));
  return [...labels]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((label) => {
      const parts = label.name.split('/');
      const above = parts.map((_part, index) => parts.slice(0, index).join('/')).filter((name) => names.has(name));
      const nearest = above.at(-1);
      return { ...label, depth: above.length, label: nearest === undefined ? label.name : label.name.slice(nearest.length + 1) };
    });
}

const readLabels = ({ signal }: { signal: AbortSignal }) => api('labels.list', {}, { signal }).then((answer) => answer.items);

/** All labels; undefined until known. */
export function useLabels(): { labels: ShownLabel[] | undefined; byKeyword: ReadonlyMap<string, ShownLabel> } {
  const { data } = useQuery({ queryKey: keys.labels, queryFn: readLabels });
  return useMemo(() => {
    const labels = data && arrangeLabels(data);
    return { labels, byKeyword: new Map(labels?.map((label) => [label.keyword, label])) };
  }, [data]);
}

/** Making, changing and deleting: each answers with the new list. */
export function useLabelChanges() {
  const client = useQueryClient();
  const onSuccess = ({ items }: { items: Label[] }) => client.setQueryData(keys.labels, items);
  return {
    create: useMutation({ mutationFn: (body: { name: string; color?: LabelColor }) => api('labels.create', { body }), onSuccess }),
    update: useMutation({ mutationFn: ({ id, ...body }: { id: string; name?: string; color?: LabelColor }) => api('labels.update', { params: { labelId: id }, body }), onSuccess }),
    remove: useMutation({ mutationFn: (id: string) => api('labels.delete', { params: { labelId: id } }, { timeoutMs: 120_000 }), onSuccess }),
  };
}

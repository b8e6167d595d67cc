'use client';
// Contacts and groups as they are cached, and changes to them, each with its way back.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../components/i18n/i18n.tsx';
import { api } from '../../../server/web/contract/client.ts';
import '../../../server/web/contract/contact-paths.ts';
import type { ContactBody, ContactRow } from '../../../server/web/contract/contacts.ts';
import { offerUndo } from '../_data/use-actions.ts';
import { showToast } from '../_state/toasts.ts';

export const CONTACTS_KEY = ['contacts'] as const;

/** One page after the other, by name. @param groupId null: all */
export function useContactList(q: string, groupId: string | null) {
  return useInfiniteQuery({
    queryKey: [...CONTACTS_KEY, 'list', q, groupId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => api('contacts.list', { query: { q, limit: 100, ...(groupId && { groupId }), ...(pageParam && { cursor: pageParam }) } }, { signal }),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (before) => before,
  });
}

export function useOtherPeople(q: string, enabled: boolean) {
  return useQuery({ queryKey: [...CONTACTS_KEY, 'others', q], queryFn: ({ signal }) => api('contacts.others', { query: { q } }, { signal }).then(({ items }) => items), enabled });
}

export function useGroups() {
  return useQuery({ queryKey: [...CONTACTS_KEY, 'groups'], queryFn: ({ signal }) => api('contactGroups.list', {}, { signal }).then(({ items }) => items) });
}

/** As it is when its form opens: a change meanwhile is told when it is saved. @param id null: a new one, which has nothing yet */
export function useContact(id: string | null) {
  return useQuery({ queryKey: ['contact', id], queryFn: ({ signal }) => api('contacts.get', { params: { contactId: id! } }, { signal }), enabled: id !== null, staleTime: Infinity, gcTime: 0 });
}

export function useDuplicates() {
  return useQuery({ queryKey: [...CONTACTS_KEY, 'duplicates'], queryFn: ({ signal }) => api('contacts.duplicates', {}, { signal }).then(({ items }) => items), staleTime: 0 });
}

/** Everything that can be done; what can be taken back offers it. Failures are told in a toast, those of a form by the form. */
export function useContactChanges() {
  const t = useT();
  const client = useQueryClient();
  const reread = () => {
    void client.invalidateQueries({ queryKey: ['suggest'] });
    return client.invalidateQueries({ queryKey: CONTACTS_KEY });
  };
  const onError = (error: Error) => showToast({ tone: 'error', text: t('contacts.failed', { message: error.message }) });
  const undoable = (text: string, undoId: string | null) => {
    const run = () =>
      void api('contacts.undo', { body: { undoId: undoId! } })
        .then(() => showToast({ text: t('contacts.undone') }), onError)
        .then(reread);
    showToast({ text, ...(undoId !== null && { action: { label: t('app.undo'), run } }) });
    if (undoId !== null) offerUndo(run);
    return reread();
  };
  return {
    reread,
    undoable,
    save: useMutation({
      mutationFn: ({ id, revision, body }: { id: string | null; revision: number; body: ContactBody }) =>
        id === null ? api('contacts.create', { body }) : api('contacts.update', { params: { contactId: id }, body: { ...body, revision } }),
      onSuccess: reread,
    }),
    remove: useMutation({
      mutationFn: (ids: string[]) => api('contacts.delete', { body: { ids } }),
      onSuccess: ({ changed, undoId }) => undoable(t('contacts.deleted', { n: changed }), undoId),
      onError,
    }),
    merge: useMutation({
      mutationFn: (ids: string[]) => api('contacts.merge', { body: { ids } }),
      onSuccess: ({ undoId }, ids) => undoable(t('contacts.merged', { n: ids.length }), undoId),
      onError,
    }),
    makeGroup: useMutation({ mutationFn: (name: string) => api('contactGroups.create', { body: { name } }), onSuccess: reread }),
    renameGroup: useMutation({ mutationFn: ({ id, name }: { id: string; name: string }) => api('contactGroups.update', { params: { groupId: id }, body: { name } }), onSuccess: reread }),
    changeMembers: useMutation({
      mutationFn: ({ id, ...body }: { id: string; addIds?: string[]; removeIds?: string[] }) => api('contactGroups.update', { params: { groupId: id }, body }),
      onSuccess: reread,
      onError,
    }),
    removeGroup: useMutation({
      mutationFn: ({ id }: { id: string; name: string }) => api('contactGroups.delete', { params: { groupId: id } }),
      onSuccess: ({ undoId }, { name }) => undoable(t('group.deleted', { name }), undoId),
      onError,
    }),
  };
}

/** Everybody of a group who has an address. */
export async function addressesOfGroup(groupId: string): Promise<ContactRow[]> {
  const rows: ContactRow[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: ContactRow[]; nextCursor: string | null } = await api('contacts.list', { query: { groupId, limit: 100, ...(cursor && { cursor }) } });
    rows.push(...page.items);
    cursor = page.nextCursor;
  }
  return rows.filter(({ address }) => address !== '');
}

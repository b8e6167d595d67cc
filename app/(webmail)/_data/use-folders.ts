'use client';
// Folders with their counts, in the order in which they are shown, and changes to them.
import { useMemo } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../components/i18n/i18n.tsx';
import type { Translate } from '../../../components/i18n/catalogue.ts';
import { api } from '../../../server/web/contract/client.ts';
import type { Folder, SpecialUse } from '../../../server/web/contract/mailbox.ts';
import { folderSlug } from '../_navigation/view.ts';
import { keys } from './keys.ts';

export const USE_ORDER: readonly SpecialUse[] = ['inbox', 'snoozed', 'drafts', 'sent', 'archive', 'junk', 'trash'];

export interface ShownFolder extends Folder {
  slug: string;
  /** In the user's language for the special folders. */
  label: string;
  /** Nesting, 0 at the top. */
  depth: number;
}

/** Special folders in their fixed order, then the user's own by path. */
export function arrangeFolders(folders: readonly Folder[], t: Translate): ShownFolder[] {
  const rank = (folder: Folder) => (folder.specialUse ? USE_ORDER.indexOf(folder.specialUse) : USE_ORDER.length);
  return [...folders]
    .sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
    .map((folder) => ({
      ...folder,
      slug: folderSlug(folder),
      label: folder.specialUse ? t(`folder.${folder.specialUse}`) : folder.name,
      depth: folder.specialUse ? 0 : folder.path.split('/').length - 1,
    }));
}

const readFolders = ({ signal }: { signal: AbortSignal }) => api('folders.list', {}, { signal }).then((answer) => answer.items);

/** All folders; undefined until known. */
export function useFolders() {
  const t = useT();
  const query = useQuery({ queryKey: keys.folders, queryFn: readFolders });
  const folders = useMemo(() => query.data && arrangeFolders(query.data, t), [query.data, t]);
  return { folders, failed: query.isError && !query.data, retry: query.refetch };
}

/** The folder of a URL part; undefined while unknown or when there is none. */
export function useFolder(slug: string | null): ShownFolder | undefined {
  return useFolders().folders?.find((folder) => folder.slug === slug);
}

/** Creating, renaming and deleting folders: each answers with the new list. */
export function useFolderChanges() {
  const client = useQueryClient();
  const onSuccess = ({ items }: { items: Folder[] }) => client.setQueryData(keys.folders, items);
  return {
    create: useMutation({ mutationFn: (path: string) => api('folders.create', { body: { path } }), onSuccess }),
    rename: useMutation({ mutationFn: ({ id, path }: { id: string; path: string }) => api('folders.rename', { params: { folderId: id }, body: { path } }), onSuccess }),
    remove: useMutation({ mutationFn: (id: string) => api('folders.delete', { params: { folderId: id } }), onSuccess }),
  };
}

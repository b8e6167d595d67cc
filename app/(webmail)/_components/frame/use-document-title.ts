'use client';
// Keeps the window's title telling the view and how much is unread in the inbox.
import { useEffect } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useFolders } from '../../_data/use-folders.ts';
import { useLabels } from '../../_data/use-labels.ts';
import type { View } from '../../_navigation/view.ts';

/** Mounted once. */
export function useDocumentTitle(view: View): void {
  const t = useT();
  const { folders } = useFolders();
  const { labels } = useLabels();
  const unread = folders?.find((folder) => folder.specialUse === 'inbox')?.unread ?? 0;
  let name = t('settings.title');
  if (view.kind === 'folder') name = folders?.find((folder) => folder.slug === view.folder)?.label ?? labels?.find((label) => label.id === view.folder)?.name ?? t('folder.inbox');
  if (view.kind === 'search') name = t('search.results', { q: view.q });
  if (view.kind === 'page') name = t(`nav.${view.page}`);
  useEffect(() => {
    document.title = t('title.view', { view: name, unread });
  }, [t, name, unread]);
}

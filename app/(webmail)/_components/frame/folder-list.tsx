'use client';
// The folders with their unread counts; creating, renaming and deleting one's own.
import { lazy, Suspense, useState } from 'react';
import { Plus, Star, Users } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { Button } from '../../../../components/ui/button.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { useFolders } from '../../_data/use-folders.ts';
import type { ShownFolder } from '../../_data/use-folders.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { useView } from '../../_navigation/use-view.ts';
import { FolderLink, ITEM_CLASS } from './folder-link.tsx';

const ScheduledLink = lazy(() => import('../../_scheduled/scheduled-link.tsx'));
const FolderDialog = lazy(() => import('./folder-dialog.tsx').then((module) => ({ default: module.FolderDialog })));

const LabelList = lazy(() => withTexts(import('../labels/label-list.tsx'), 'labels').then((module) => ({ default: module.LabelList })));
const SavedSearches = lazy(() => withTexts(import('../search/saved-searches.tsx'), 'savedSearches').then((module) => ({ default: module.SavedSearches })));

const SKELETON_WIDTHS = ['w-14', 'w-16', 'w-10', 'w-16', 'w-12', 'w-11'];

function FolderSkeleton() {
  return (
    <ul aria-hidden className="px-2">
      {SKELETON_WIDTHS.map((width, index) => (
        <li key={index} className="flex h-8.5 items-center gap-3 px-3">
          <span className="size-4 skeleton" />
          <span className={`h-3 skeleton ${width}`} />
        </li>
      ))}
    </ul>
  );
}

function StarredLink() {
  const t = useT();
  const view = useView();
  const current = view.kind === 'search' && view.q === 'is:starred';
  return (
    <li>
      <ViewLink to={{ kind: 'search', q: 'is:starred', folder: null, conversationId: null }} aria-current={current ? 'page' : undefined} className={ITEM_CLASS}>
        <Star aria-hidden className="size-4" />
        {t('list.filter.starred')}
      </ViewLink>
    </li>
  );
}

function ContactsLink() {
  const t = useT();
  const view = useView();
  const current = view.kind === 'page' && view.page === 'contacts';
  return (
    <li>
      <ViewLink to={{ kind: 'page', page: 'contacts' }} aria-current={current ? 'page' : undefined} className={ITEM_CLASS}>
        <Users aria-hidden className="size-4" />
        {t('nav.contacts')}
      </ViewLink>
    </li>
  );
}

/** Scrolls by itself when there are many. */
export function FolderList() {
  const t = useT();
  const { folders, failed, retry } = useFolders();
  const [editing, setEditing] = useState<ShownFolder | 'new' | null>(null);
  const special = folders?.filter((folder) => folder.specialUse) ?? [];
  const own = folders?.filter((folder) => !folder.specialUse) ?? [];
  const [inbox, ...others] = special;

  return (
    <div className="min-h-0 flex-1 overflow-y-auto pb-2">
      {!folders && !failed && <FolderSkeleton />}
      {failed && (
        <div role="alert" className="px-5 py-3 text-sm text-ink-2">
          <p className="mb-2">{t('error.load')}</p>
          <Button size="sm" onClick={() => void retry()}>
            {t('app.retry')}
          </Button>
        </div>
      )}
      {folders && (
        <>
          <ul className="px-2">
            {inbox && <FolderLink folder={inbox} />}
            <StarredLink />
            {others.map((folder) => (
              <FolderLink key={folder.id} folder={folder} />
            ))}
            <Suspense>
              <ScheduledLink />
            </Suspense>
            <ContactsLink />
          </ul>
          <div className="mt-4 flex items-center justify-between ps-5 pe-3">
            <h2 className="text-xs font-medium text-ink-3">{t('nav.folders')}</h2>
            <IconButton label={t('nav.newFolder')} icon={<Plus className="size-4" />} size="sm" onClick={() => setEditing('new')} />
          </div>
          <ul className="px-2">
            {own.map((folder) => (
              <FolderLink key={folder.id} folder={folder} onRename={() => setEditing(folder)} />
            ))}
          </ul>
          <Suspense>
            <LabelList />
            <SavedSearches />
          </Suspense>
        </>
      )}
      <Suspense>{editing && <FolderDialog folder={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}</Suspense>
    </div>
  );
}

'use client';
// The saved searches in the sidebar. Nothing while there are none.
import { Search } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useMe } from '../../_data/use-me.ts';
import { useView } from '../../_navigation/use-view.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { ITEM_CLASS } from '../frame/folder-link.tsx';

/** Below the labels. Each is forgotten where it is shown: in its results. */
export function SavedSearches() {
  const t = useT();
  const view = useView();
  const saved = useMe()?.settings.savedSearches ?? [];
  if (saved.length === 0) return null;
  return (
    <>
      <h2 className="mt-4 mb-1.5 px-5 text-xs font-medium text-ink-3">{t('saved.title')}</h2>
      <ul aria-label={t('saved.title')} className="px-2">
        {saved.map((search) => (
          <li key={search.name} className="flex items-center">
            <ViewLink to={{ kind: 'search', q: search.q, folder: null, conversationId: null }} aria-current={view.kind === 'search' && view.q === search.q ? 'page' : undefined} title={search.q} className={ITEM_CLASS}>
              <Search aria-hidden className="size-4 shrink-0" />
              <span className="min-w-0 flex-1 truncate">{search.name}</span>
            </ViewLink>
          </li>
        ))}
      </ul>
    </>
  );
}

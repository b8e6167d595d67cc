'use client';
// Name of the list, what of it is shown, refresh.
import { lazy, Suspense } from 'react';
import { RotateCw } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { navigate } from '../../_navigation/use-view.ts';
import type { ListFilter } from '../../_navigation/view.ts';
import type { ListController } from './use-list-controller.ts';

const SearchChips = lazy(() => import('../search/search-chips.tsx').then((module) => ({ default: module.SearchChips })));

const FILTERS: readonly (ListFilter | null)[] = [null, 'unread', 'starred'];

function FilterTabs({ list }: { list: ListController }) {
  const t = useT();
  const { view } = list;
  if (view.kind !== 'folder') return null;
  return (
    <div role="radiogroup" aria-label={t('list.filter.label')} className="flex items-center gap-0.5">
      {FILTERS.map((filter) => {
        const checked = view.filter === filter;
        return (
          <label key={filter ?? 'all'} className={cx('inline-flex h-7 cursor-pointer items-center rounded-full px-2.5 text-xs font-medium transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent', checked ? 'bg-accent-soft text-accent-strong' : 'text-ink-2 hover:bg-hover')}>
            <input type="radio" name="list-filter" className="sr-only" checked={checked} onChange={() => navigate({ ...view, filter, conversationId: null }, 'replace')} />
            {t(`list.filter.${filter ?? 'all'}`)}
          </label>
        );
      })}
    </div>
  );
}

/** `name` is the folder's label or the search's description. */
export function ListHeader({ list, name, total }: { list: ListController; name: string; total: number | null }) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="border-b border-line">
      <div className="flex h-12 items-center gap-2 ps-4 pe-2">
        <h1 className="min-w-0 truncate text-md font-semibold">{name}</h1>
        {total !== null && total > 0 && <span className="text-xs text-ink-3 tnum">{format.number(total)}</span>}
        <span className="ms-auto" />
        <FilterTabs list={list} />
        <IconButton label={t('list.refresh')} icon={<RotateCw className={cx('size-4', list.refreshing && 'animate-spin')} />} onClick={list.refresh} className="max-md:hidden" />
      </div>
      {list.view.kind === 'search' && <Suspense fallback={<div className="h-9.5" />}><SearchChips view={list.view} /></Suspense>}
    </div>
  );
}

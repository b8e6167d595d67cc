'use client';
// A list with its header and its states: loading, failed, empty, rows.
import { lazy, Suspense, useEffect, useState } from 'react';
import { CloudAlert, SquarePen } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { Button } from '../../../../components/ui/button.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { Notice } from '../../../../components/ui/notice.tsx';
import { openCompose } from '../../_compose/compose-windows.ts';
import { useFolder } from '../../_data/use-folders.ts';
import { useLabels } from '../../_data/use-labels.ts';
import { whenIdle } from '../../_state/when-idle.ts';
import { openConversation } from '../../_navigation/view.ts';
import type { ListView } from '../../_navigation/view.ts';
import { ConversationRows } from './conversation-rows.tsx';
import { ListHeader } from './list-header.tsx';
import { ListSkeleton } from './list-skeleton.tsx';
import { MoveMenu } from './move-menu-lazy.tsx';
import { useListCommands } from './use-list-commands.ts';
import { actionSlug } from './use-list-controller.ts';
import type { ListController } from './use-list-controller.ts';

/** Its icons and words are wanted by few lists. */
const ListEmpty = lazy(() => import('./list-empty.tsx').then((module) => ({ default: module.ListEmpty })));
const loadBulkBar = () => withTexts(import('./bulk-bar.tsx'), 'jobs');
const BulkBar = lazy(() => loadBulkBar().then((module) => ({ default: module.BulkBar })));

function useListName(view: ListView): { name: string; total: number | null } {
  const t = useT();
  const folder = useFolder(view.kind === 'folder' ? view.folder : null);
  const { labels } = useLabels();
  const label = view.kind === 'folder' ? labels?.find((each) => each.id === view.folder) : undefined;
  if (view.kind === 'search') return { name: view.q === 'is:starred' ? t('list.filter.starred') : t('search.title'), total: null };
  return { name: folder?.label ?? label?.name ?? ' ', total: view.filter ? null : (folder?.total ?? label?.total ?? null) };
}

/** `list` is shared with the reading pane. */
export function ListPane({ list }: { list: ListController }) {
  const t = useT();
  const { view, mode } = list;
  const { name, total } = useListName(view);
  const [moving, setMoving] = useState(false);
  useListCommands(list, () => setMoving(true));
  useEffect(() => whenIdle(() => void loadBulkBar()), []);

  const ticked = [...list.selection.ids];
  const open = openConversation(view);
  const targets = ticked.length > 0 ? ticked : [open ?? list.currentId].filter((id) => id !== null);

  let body;
  if (list.loading) body = <ListSkeleton stacked={mode !== 'single'} />;
  else if (list.failed) {
    body = (
      <Notice icon={<CloudAlert />} title={t('error.load')} alert action={<Button onClick={list.refresh}>{t('app.retry')}</Button>}>
        {list.error?.message}
      </Notice>
    );
  } else if (list.rows.length === 0) body = <Suspense><ListEmpty view={view} /></Suspense>;
  else body = <ConversationRows list={list} mode={mode} label={t('list.label', { name })} />;

  return (
    <section className="flex h-full flex-col">
      {ticked.length > 0 ? (
        <Suspense fallback={<div className="h-12 border-b border-line bg-accent-softer" />}>
          <BulkBar list={list} name={name} total={total} onMove={() => setMoving(true)} />
        </Suspense>
      ) : (
        <ListHeader list={list} name={name} total={total} />
      )}
      <div aria-busy={list.loading || list.updating} className={cx('min-h-0 flex-1 transition-opacity', list.updating && 'opacity-60')}>
        {body}
      </div>
      <button
        type="button"
        aria-label={t('nav.compose')}
        onClick={() => openCompose({ kind: 'new' })}
        className="fixed end-4 bottom-[calc(1rem+env(safe-area-inset-bottom))] z-30 inline-flex size-14 items-center justify-center rounded-xl bg-accent text-on-accent shadow-3 active:bg-accent-strong md:hidden"
      >
        <SquarePen aria-hidden className="size-5.5" />
      </button>
      {moving && <MoveMenu currentSlug={actionSlug(view)} onClose={() => setMoving(false)} onPick={(folder) => list.act('move', targets, { id: folder.id, label: folder.label })} />}
    </section>
  );
}

'use client';
// Takes the list header's place while conversations are ticked.
import { Archive, Clock, FolderInput, Mail, MailOpen, ShieldAlert, ShieldCheck, Tag, Trash2, X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Checkbox } from '../../../../components/ui/checkbox.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import type { ActionName } from '../../../../server/web/contract/mailbox.ts';
import { openLabelMenu } from '../../_state/label-menu.ts';
import { openSnoozeMenu } from '../../_state/snooze-menu.ts';
import { clearSelection, selectionStore } from '../../_state/selection.ts';
import type { ListController } from './use-list-controller.ts';

/** Below the bar, once all that is loaded is ticked and there is more: offers the rest too. */
function Everything({ list, name, total }: { list: ListController; name: string; total: number | null }) {
  const t = useT();
  const { view, selection } = list;
  const found = view.kind === 'search';
  const offer = found ? t('jobs.selectFound') : total === null ? t('jobs.selectShown', { name }) : t('jobs.selectEverything', { n: total, name });
  const taken = found ? t('jobs.everythingFound') : total === null ? t('jobs.everythingShown', { name }) : t('jobs.everything', { n: total, name });
  return (
    <div className="flex min-h-9 flex-wrap items-center justify-center gap-x-2 border-b border-line bg-accent-softer px-4 py-1 text-center text-xs text-ink-2">
      <span role="status">{selection.everything ? taken : t('jobs.pageSelected', { n: selection.ids.size })}</span>
      <button type="button" className="rounded-sm px-1.5 py-1 font-semibold text-accent hover:bg-hover" onClick={() => (selection.everything ? clearSelection() : selectionStore.set((now) => ({ ...now, everything: true })))}>
        {selection.everything ? t('list.clearSelection') : offer}
      </button>
    </div>
  );
}

/** Actions for all that is ticked. `name` and `total` are the list's. */
export function BulkBar({ list, name, total, onMove }: { list: ListController; name: string; total: number | null; onMove: () => void }) {
  const t = useT();
  const { selection, rows, use } = list;
  const ids = [...selection.ids];
  const act = (action: ActionName) => () => list.act(action, ids);
  const chosen = rows.filter((row) => selection.ids.has(row.id));
  const anyUnread = chosen.some((row) => row.unreadCount > 0);
  const all = ids.length === rows.length;

  return (
    <>
      <div role="toolbar" aria-label={t('list.bulk')} className="flex h-12 items-center gap-0.5 border-b border-line bg-accent-softer ps-4 pe-2">
        <span className="me-2 inline-flex size-8 items-center justify-center">
          <Checkbox
            aria-label={t('list.selectAll')}
            checked={all}
            mixed={!all}
            onChange={() => (all ? clearSelection() : selectionStore.set((now) => ({ ...now, ids: new Set(rows.map((row) => row.id)) })))}
          />
        </span>
        <span role="status" className="min-w-0 flex-1 truncate text-sm font-medium tnum">
          {selection.everything && total !== null ? t('list.selected', { n: total }) : t('list.selected', { n: ids.length })}
        </span>
        {use !== 'archive' && use !== 'drafts' && use !== 'trash' && <IconButton label={t('action.archive')} keys="E" icon={<Archive className="size-4" />} onClick={act('archive')} />}
        <IconButton label={t('action.trash')} keys="#" icon={<Trash2 className="size-4" />} onClick={act(use === 'trash' || use === 'drafts' ? 'delete' : 'trash')} />
        {use !== 'drafts' && use !== 'sent' && (
          <IconButton
            label={use === 'junk' ? t('action.notSpam') : t('action.spam')}
            keys="!"
            icon={use === 'junk' ? <ShieldCheck className="size-4" /> : <ShieldAlert className="size-4" />}
            onClick={act(use === 'junk' ? 'notSpam' : 'spam')}
          />
        )}
        {anyUnread ? (
          <IconButton label={t('action.read')} keys="Shift I" icon={<MailOpen className="size-4" />} onClick={act('read')} />
        ) : (
          <IconButton label={t('action.unread')} keys="Shift U" icon={<Mail className="size-4" />} onClick={act('unread')} />
        )}
        <IconButton label={t('action.move')} keys="V" icon={<FolderInput className="size-4" />} onClick={onMove} />
        <IconButton label={t('action.label')} keys="L" icon={<Tag className="size-4" />} onClick={() => openLabelMenu(ids)} />
        {use !== 'drafts' && use !== 'sent' && use !== 'trash' && use !== 'junk' && <IconButton label={t('action.snooze')} keys="B" icon={<Clock className="size-4" />} onClick={() => openSnoozeMenu(ids)} className="max-sm:hidden" />}
        <IconButton label={t('list.clearSelection')} keys="Esc" icon={<X className="size-4" />} onClick={clearSelection} />
      </div>
      {all && list.hasMore && <Everything list={list} name={name} total={total} />}
    </>
  );
}

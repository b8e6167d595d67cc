'use client';
// The labels in the sidebar, with unread counts; making, editing and deleting them.
import { lazy, Suspense, useState } from 'react';
import { Ellipsis, Plus } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { Menu, MenuItem } from '../../../../components/ui/menu.tsx';
import { useLabelChanges, useLabels } from '../../_data/use-labels.ts';
import type { ShownLabel } from '../../_data/use-labels.ts';
import { currentView, navigate, useView } from '../../_navigation/use-view.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { useConfirm } from '../../_state/confirm.ts';
import { showToast } from '../../_state/toasts.ts';
import { ITEM_CLASS } from '../frame/folder-link.tsx';

const LabelDialog = lazy(() => import('./label-dialog.tsx').then((module) => ({ default: module.LabelDialog })));
const INDENT = ['', 'ps-6', 'ps-9', 'ps-12', 'ps-15'];

type Editing = { label: ShownLabel } | { within: string } | null;

function LabelMenu({ label, onEdit }: { label: ShownLabel; onEdit: (editing: Editing) => void }) {
  const t = useT();
  const confirm = useConfirm();
  const { remove } = useLabelChanges();
  const erase = () =>
    confirm({
      title: t('labels.deleteTitle'),
      text: t('labels.deleteText', { name: label.name, total: label.total }),
      confirmLabel: t('labels.delete'),
      danger: true,
      onConfirm: () =>
        remove.mutate(label.id, {
          onSuccess: () => {
            const view = currentView();
            if (view.kind === 'folder' && view.folder === label.id) navigate({ kind: 'folder', folder: 'inbox', filter: null, conversationId: null }, 'replace');
          },
          onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
        }),
    });
  const name = t('labels.menu', { name: label.name });
  return (
    <Menu
      label={name}
      trigger={(props) => (
        <IconButton {...props} label={name} icon={<Ellipsis className="size-4" />} size="sm" className="absolute end-1 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100" />
      )}
    >
      <MenuItem onSelect={() => onEdit({ label })}>{t('labels.edit')}</MenuItem>
      <MenuItem onSelect={() => onEdit({ within: label.name })}>{t('labels.addWithin')}</MenuItem>
      <MenuItem danger onSelect={erase}>
        {t('labels.delete')}
      </MenuItem>
    </Menu>
  );
}

function LabelLink({ label, onEdit }: { label: ShownLabel; onEdit: (editing: Editing) => void }) {
  const t = useT();
  const format = useFormat();
  const view = useView();
  const current = view.kind === 'folder' && view.folder === label.id;
  return (
    <li className="group relative flex items-center">
      <ViewLink
        to={{ kind: 'folder', folder: label.id, filter: null, conversationId: null }}
        aria-current={current ? 'page' : undefined}
        aria-label={label.unread > 0 ? `${label.name}, ${t('nav.unread', { n: label.unread })}` : label.name}
        className={cx(ITEM_CLASS, INDENT[Math.min(label.depth, INDENT.length - 1)])}
      >
        <span className="inline-flex size-4 shrink-0 items-center justify-center">
          <span aria-hidden data-label={label.color} className="label-dot size-2.5 rounded-full" />
        </span>
        <span className={cx('min-w-0 flex-1 truncate', label.unread > 0 && 'font-semibold text-ink')}>{label.label}</span>
        {label.unread > 0 && <span className="text-xs font-semibold tnum group-hover:invisible pointer-coarse:me-7">{format.number(label.unread)}</span>}
      </ViewLink>
      <LabelMenu label={label} onEdit={onEdit} />
    </li>
  );
}

/** Below the folders. */
export function LabelList() {
  const t = useT();
  const { labels } = useLabels();
  const [editing, setEditing] = useState<Editing>(null);
  if (!labels) return null;
  return (
    <>
      <div className="mt-4 flex items-center justify-between ps-5 pe-3">
        <h2 className="text-xs font-medium text-ink-3">{t('labels.title')}</h2>
        <IconButton label={t('labels.new')} icon={<Plus className="size-4" />} size="sm" onClick={() => setEditing({ within: '' })} />
      </div>
      <ul aria-label={t('labels.title')} className="px-2">
        {labels.map((label) => (
          <LabelLink key={label.id} label={label} onEdit={setEditing} />
        ))}
      </ul>
      {labels.length === 0 && <p className="px-5 py-1 text-xs text-ink-3">{t('labels.none')}</p>}
      <Suspense>{editing && <LabelDialog {...('label' in editing ? { label: editing.label } : { within: editing.within })} onClose={() => setEditing(null)} />}</Suspense>
    </>
  );
}

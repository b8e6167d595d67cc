'use client';
// One filter of the list: on or off, its place, editing, deleting.
import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { cx } from '../../../../../components/ui/cx.ts';
import { IconButton } from '../../../../../components/ui/icon-button.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import type { MailFilter } from '../../../../../server/web/contract/filters.ts';
import { useFolders } from '../../../_data/use-folders.ts';
import { useLabels } from '../../../_data/use-labels.ts';
import { useConfirm } from '../../../_state/confirm.ts';
import { useFilterChange } from './use-filters.ts';

export interface FilterLineProps {
  filter: MailFilter;
  first: boolean;
  last: boolean;
  onEdit: () => void;
  onMove: (by: -1 | 1) => void;
}

export function FilterLine({ filter, first, last, onEdit, onMove }: FilterLineProps) {
  const t = useT();
  const confirm = useConfirm();
  const { folders } = useFolders();
  const { labels } = useLabels();
  const { id, name, enabled, conditions, actions } = filter;
  const toggle = useFilterChange((on: boolean) => api('filters.update', { params: { filterId: id }, body: { name, enabled: on, conditions, actions } }));
  const remove = useFilterChange(() => api('filters.delete', { params: { filterId: id } }));
  const target = folders?.find((folder) => folder.id === actions.moveTo);
  const does = [
    actions.moveTo && `${t('filters.moveTo')} ${target?.label ?? '?'}`,
    actions.label && `${t('filters.label')} ${labels?.find((label) => label.id === actions.label)?.name ?? '?'}`,
    actions.markRead && t('filters.markRead'),
    actions.star && t('filters.star'),
    actions.neverSpam && t('filters.neverSpam'),
  ].filter(Boolean);
  return (
    <li className="flex items-center gap-3 border-b border-line py-2.5 last:border-0">
      <Checkbox aria-label={t('filters.on', { name })} checked={toggle.isPending ? toggle.variables : enabled} onChange={(event) => toggle.mutate(event.target.checked)} />
      <div className={cx('min-w-0 flex-1', !enabled && 'opacity-60')}>
        <p className="truncate text-base font-medium">{name}</p>
        <p className="truncate text-sm text-ink-3">{does.join(' · ')}</p>
      </div>
      <div className="flex shrink-0">
        <IconButton label={t('filters.up', { name })} icon={<ArrowUp className="size-4" />} disabled={first} onClick={() => onMove(-1)} />
        <IconButton label={t('filters.down', { name })} icon={<ArrowDown className="size-4" />} disabled={last} onClick={() => onMove(1)} />
        <IconButton label={t('filters.edit')} icon={<Pencil className="size-4" />} onClick={onEdit} />
        <IconButton
          label={t('filters.delete')}
          icon={<Trash2 className="size-4" />}
          onClick={() => confirm({ title: t('filters.delete.title', { name }), text: t('filters.delete.text'), confirmLabel: t('filters.delete'), danger: true, onConfirm: () => remove.mutate(undefined) })}
        />
      </div>
    </li>
  );
}

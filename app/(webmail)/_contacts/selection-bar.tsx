'use client';
// What can be done with the selected contacts.
import { Check, Mail, Merge, Tags, Trash2, X } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';
import type { ContactGroup, ContactRow } from '../../../server/web/contract/contacts.ts';
import { useContactChanges } from './use-contacts.ts';
import { writeTo } from './write-to.ts';

const MERGE_MOST = 50;

export interface SelectionBarProps {
  rows: readonly ContactRow[];
  groups: readonly ContactGroup[];
  onClear: () => void;
  onNewGroup: () => void;
}

/** `rows` are the selected ones. */
export function SelectionBar({ rows, groups, onClear, onNewGroup }: SelectionBarProps) {
  const t = useT();
  const { remove, merge, changeMembers } = useContactChanges();
  const ids = rows.map(({ id }) => id);
  const toggle = (group: ContactGroup) => {
    const all = rows.every(({ groupIds }) => groupIds.includes(group.id));
    changeMembers.mutate({ id: group.id, ...(all ? { removeIds: ids } : { addIds: ids }) });
  };
  return (
    <div role="toolbar" aria-label={t('contacts.selected', { n: rows.length })} className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-accent-softer px-3">
      <IconButton label={t('contacts.clearSelection')} icon={<X className="size-4" />} onClick={onClear} />
      <p role="status" className="me-auto min-w-0 truncate text-sm font-medium">
        {t('contacts.selected', { n: rows.length })}
      </p>
      <IconButton label={t('contacts.write')} icon={<Mail className="size-4" />} onClick={() => writeTo(rows)} disabled={rows.every(({ address }) => address === '')} />
      <IconButton
        label={t('contacts.merge')}
        icon={<Merge className="size-4" />}
        disabled={rows.length < 2 || rows.length > MERGE_MOST}
        onClick={() => {
          onClear();
          merge.mutate(ids);
        }}
      />
      <Menu label={t('contacts.groups')} placement="bottom-end" trigger={(props) => <IconButton {...props} label={t('contacts.groups')} icon={<Tags className="size-4" />} />}>
        {groups.length === 0 && <MenuHeading>{t('group.none')}</MenuHeading>}
        {groups.map((group) => (
          <MenuItem key={group.id} icon={rows.every(({ groupIds }) => groupIds.includes(group.id)) ? <Check /> : <span />} onSelect={() => toggle(group)}>
            {group.name}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={onNewGroup}>{t('group.new')}</MenuItem>
      </Menu>
      <IconButton
        label={t('contact.delete')}
        icon={<Trash2 className="size-4" />}
        onClick={() => {
          onClear();
          remove.mutate(ids);
        }}
      />
    </div>
  );
}

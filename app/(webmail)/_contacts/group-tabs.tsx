'use client';
// Which contacts show: all, a group's, or others whom one writes to; and what can be done with the group.
import { Ellipsis, Plus } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';
import { pathOf } from '../../../server/web/contract/paths.ts';
import type { ContactGroup } from '../../../server/web/contract/contacts.ts';
import { addressesOfGroup, useContactChanges } from './use-contacts.ts';
import { writeTo } from './write-to.ts';

/** `others`, a group's id, or null for all. */
export type Shown = 'others' | (string & {}) | null;

export interface GroupTabsProps {
  groups: readonly ContactGroup[];
  shown: Shown;
  onShow: (shown: Shown) => void;
  onNew: () => void;
  onRename: (group: ContactGroup) => void;
}

const TAB = 'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border border-line px-3 text-sm text-ink-2 hover:bg-hover aria-pressed:border-accent-line aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent-strong';

function GroupMenu({ group, onShow, onRename }: { group: ContactGroup } & Pick<GroupTabsProps, 'onShow' | 'onRename'>) {
  const t = useT();
  const { removeGroup } = useContactChanges();
  const label = t('group.menu', { name: group.name });
  return (
    <Menu label={label} placement="bottom-end" trigger={(props) => <IconButton {...props} label={label} icon={<Ellipsis className="size-4" />} />}>
      <MenuItem disabled={group.members === 0} onSelect={() => void addressesOfGroup(group.id).then(writeTo)}>
        {t('group.write')}
      </MenuItem>
      <MenuItem onSelect={() => onRename(group)}>{t('group.rename')}</MenuItem>
      <MenuItem onSelect={() => location.assign(`${pathOf('contacts.export').path}?groupId=${group.id}`)}>{t('group.export')}</MenuItem>
      <MenuSeparator />
      <MenuItem
        danger
        onSelect={() => {
          onShow(null);
          removeGroup.mutate(group);
        }}
      >
        {t('group.delete')}
      </MenuItem>
    </Menu>
  );
}

/** Scrolls sideways when there are many. */
export function GroupTabs({ groups, shown, onShow, onNew, onRename }: GroupTabsProps) {
  const t = useT();
  const format = useFormat();
  const current = groups.find((group) => group.id === shown);
  const tab = (value: Shown, text: string, count?: number) => (
    <button key={value ?? 'all'} type="button" aria-pressed={shown === value} onClick={() => onShow(value)} className={TAB}>
      <bdi>{text}</bdi>
      {count !== undefined && <span className="text-xs text-ink-3 tnum">{format.number(count)}</span>}
    </button>
  );
  return (
    <div className="flex shrink-0 items-center gap-1 border-b border-line pe-2">
      <div role="group" aria-label={t('contacts.filter')} className="flex min-w-0 flex-1 items-center gap-1.5 overflow-x-auto px-4 py-2">
        {tab(null, t('contacts.all'))}
        {groups.map((group) => tab(group.id, group.name, group.members))}
        {tab('others', t('contacts.others'))}
        <IconButton label={t('group.new')} icon={<Plus className="size-4" />} onClick={onNew} />
      </div>
      {current && <GroupMenu group={current} onShow={onShow} onRename={onRename} />}
    </div>
  );
}

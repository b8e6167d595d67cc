'use client';
// The page of contacts.
import { useDeferredValue, useMemo, useState } from 'react';
import { CloudAlert, UserPlus, Users } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Avatar } from '../../../components/ui/avatar.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import type { ContactGroup } from '../../../server/web/contract/contacts.ts';
import { ContactDialog } from './contact-dialog.tsx';
import { ContactRows } from './contact-rows.tsx';
import { ContactsHead } from './contacts-head.tsx';
import { DuplicatesDialog } from './duplicates-dialog.tsx';
import { GroupTabs } from './group-tabs.tsx';
import type { Shown } from './group-tabs.tsx';
import { GroupNameDialog } from './name-dialog.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useContactList, useGroups, useOtherPeople } from './use-contacts.ts';
import { writeTo } from './write-to.ts';

interface Person {
  name: string;
  address: string;
}

type Open =
  | { kind: 'contact'; id: string | null; person?: Person }
  | { kind: 'group'; group: ContactGroup | null }
  | { kind: 'duplicates' };

function Skeleton() {
  return (
    <div aria-hidden className="space-y-4 p-4">
      {[40, 56, 32, 48].map((width) => (
        <div key={width} className="flex items-center gap-3">
          <span className="size-8 rounded-full skeleton" />
          <span className="h-3 skeleton" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

function OtherPeople({ q, onKeep }: { q: string; onKeep: (person: Person) => void }) {
  const t = useT();
  const { data } = useOtherPeople(q, true);
  if (!data) return <Skeleton />;
  if (data.length === 0) return <Notice icon={<Users />} title={q ? t('contacts.nothingFound') : t('contacts.othersEmpty')} />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <p className="px-4 py-2 text-sm text-ink-3">{t('contacts.othersHint')}</p>
      <ul aria-label={t('contacts.others')}>
        {data.map((person) => (
          <li key={person.address} className="flex h-14 items-center gap-3 border-b border-line/60 px-4 hover:bg-sunken">
            <Avatar {...person} />
            <button type="button" aria-label={t('contacts.writeTo', { name: person.name || person.address })} onClick={() => writeTo([person])} className="min-w-0 flex-1 rounded-sm text-start">
              <bdi className="block truncate text-base font-medium">{person.name || person.address}</bdi>
              {person.name && <span className="block truncate text-xs text-ink-3">{person.address}</span>}
            </button>
            <IconButton label={t('contacts.keep', { name: person.name || person.address })} icon={<UserPlus className="size-4" />} onClick={() => onKeep(person)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface KeptProps {
  q: string;
  groupId: string | null;
  groups: readonly ContactGroup[];
  onOpen: (open: Open) => void;
}

function KeptContacts({ q, groupId, groups, onOpen }: KeptProps) {
  const t = useT();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useContactList(q, groupId);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const chosen = rows.filter(({ id }) => selected.has(id));
  if (error && !data) {
    return (
      <Notice icon={<CloudAlert />} title={t('error.load')} alert action={<Button onClick={() => void refetch()}>{t('app.retry')}</Button>}>
        {error.message}
      </Notice>
    );
  }
  if (!data) return <Skeleton />;
  if (rows.length === 0) {
    if (q) return <Notice icon={<Users />} title={t('contacts.nothingFound')} />;
    return (
      <Notice icon={<Users />} title={groupId ? t('contacts.emptyGroup') : t('contacts.empty')}>
        {groupId ? t('contacts.emptyGroupHint') : t('contacts.emptyHint')}
      </Notice>
    );
  }
  const toggle = (id: string) =>
    setSelected((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <>
      {chosen.length > 0 && <SelectionBar rows={chosen} groups={groups} onClear={() => setSelected(new Set())} onNewGroup={() => onOpen({ kind: 'group', group: null })} />}
      <ContactRows rows={rows} selected={selected} onSelect={toggle} onOpen={(id) => onOpen({ kind: 'contact', id })} hasMore={hasNextPage && !isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  );
}

/** Loaded when it is first looked at. */
export function ContactsView() {
  const t = useT();
  const [q, setQ] = useState('');
  const [shown, setShown] = useState<Shown>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const wanted = useDeferredValue(q.trim());
  const { data: groups = [] } = useGroups();
  const close = () => setOpen(null);
  return (
    <section aria-label={t('contacts.title')} className="flex h-full flex-col">
      <ContactsHead q={q} onSearch={setQ} onNew={() => setOpen({ kind: 'contact', id: null })} onDuplicates={() => setOpen({ kind: 'duplicates' })} />
      <GroupTabs groups={groups} shown={shown} onShow={setShown} onNew={() => setOpen({ kind: 'group', group: null })} onRename={(group) => setOpen({ kind: 'group', group })} />
      {shown === 'others' ? (
        <OtherPeople q={wanted} onKeep={(person) => setOpen({ kind: 'contact', id: null, person })} />
      ) : (
        <KeptContacts key={shown ?? 'all'} q={wanted} groupId={shown} groups={groups} onOpen={setOpen} />
      )}
      {open?.kind === 'contact' && <ContactDialog id={open.id} {...(open.person && { person: open.person })} onClose={close} />}
      {open?.kind === 'group' && <GroupNameDialog group={open.group} onClose={close} />}
      {open?.kind === 'duplicates' && <DuplicatesDialog onClose={close} />}
    </section>
  );
}

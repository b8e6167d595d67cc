'use client';
// The head of the contacts: search, a new one, and files of vCards in and out.
import { useRef, useState } from 'react';
import { Ellipsis, Plus, Search } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';
import { sendBytes } from '../../../server/web/contract/client.ts';
import { pathOf } from '../../../server/web/contract/paths.ts';
import type { ContactsImported } from '../../../server/web/contract/contacts.ts';
import { showToast } from '../_state/toasts.ts';
import { useContactChanges } from './use-contacts.ts';

export interface ContactsHeadProps {
  q: string;
  onSearch: (q: string) => void;
  onNew: () => void;
  onDuplicates: () => void;
}

function useImport() {
  const t = useT();
  const { undoable } = useContactChanges();
  const [busy, setBusy] = useState(false);
  const run = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    try {
      const done = (await sendBytes('contacts.import', file)) as ContactsImported;
      await undoable(t('contacts.imported', done), done.undoId);
    } catch (error) {
      showToast({ tone: 'error', text: t('contacts.failed', { message: (error as Error).message }) });
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}

export function ContactsHead({ q, onSearch, onNew, onDuplicates }: ContactsHeadProps) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const { busy, run } = useImport();
  const download = (version: '3.0' | '4.0') => location.assign(`${pathOf('contacts.export').path}?version=${version}`);
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
      <h1 className="text-lg font-semibold">{t('contacts.title')}</h1>
      <div className="field flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md border border-control bg-surface px-2.5 max-sm:order-last max-sm:basis-full sm:max-w-80">
        <Search aria-hidden className="size-4 shrink-0 text-ink-3" />
        <input type="search" aria-label={t('contacts.search')} placeholder={t('contacts.search')} value={q} maxLength={200} onChange={(event) => onSearch(event.target.value)} className="h-full min-w-0 flex-1 bg-transparent text-base outline-none" />
      </div>
      <span className="ms-auto flex items-center gap-1">
        <Button variant="primary" icon={<Plus className="size-4" />} onClick={onNew}>
          {t('contacts.new')}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".vcf,.vcard,text/vcard,text/x-vcard"
          aria-label={t('contacts.import')}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            void run(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <Menu label={t('contacts.menu')} placement="bottom-end" trigger={(props) => <IconButton {...props} label={busy ? t('contacts.importing') : t('contacts.menu')} disabled={busy} icon={<Ellipsis className="size-4" />} />}>
          <MenuItem onSelect={() => input.current?.click()}>{t('contacts.import')}</MenuItem>
          <MenuItem onSelect={() => download('4.0')}>{t('contacts.export4')}</MenuItem>
          <MenuItem onSelect={() => download('3.0')}>{t('contacts.export3')}</MenuItem>
          <MenuSeparator />
          <MenuItem onSelect={onDuplicates}>{t('contacts.duplicates')}</MenuItem>
        </Menu>
      </span>
    </header>
  );
}

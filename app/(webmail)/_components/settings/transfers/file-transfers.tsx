'use client';
// Mail from files and into files.
import { useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { useFolders } from '../../../_data/use-folders.ts';
import { useLabels } from '../../../_data/use-labels.ts';
import { SettingRow } from '../setting-row.tsx';
import { useTransferChanges } from './use-transfers.ts';

function Choice({ label, value, onChange, children }: { label: string; value: string; onChange: (value: string) => void; children: ReactNode }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)} className="field h-10 max-w-full min-w-44 rounded-md border border-control bg-surface px-2.5 text-base">
        {children}
      </select>
    </div>
  );
}

export function FileImport() {
  const t = useT();
  const { folders } = useFolders();
  const { take } = useTransferChanges();
  const input = useRef<HTMLInputElement>(null);
  const [folderId, setFolderId] = useState('');
  const [percent, setPercent] = useState(0);
  const choose = (files: FileList | null) => {
    if (!files || files.length === 0) return;
    setPercent(0);
    take.mutate({ files: [...files], folderId, onProgress: setPercent });
  };
  return (
    <SettingRow title={t('transfers.files')} hint={t('transfers.filesHint')}>
      <div className="flex flex-wrap items-end gap-3">
        <Choice label={t('transfers.into')} value={folderId} onChange={setFolderId}>
          {(folders ?? []).map((folder) => (
            <option key={folder.id} value={folder.specialUse === 'inbox' ? '' : folder.id}>
              {folder.label}
            </option>
          ))}
        </Choice>
        <input
          ref={input}
          type="file"
          multiple
          accept=".mbox,.mbx,.eml,message/rfc822,application/mbox"
          aria-label={t('transfers.chooseFiles')}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            choose(event.target.files);
            event.target.value = '';
          }}
        />
        <Button busy={take.isPending} onClick={() => input.current?.click()}>
          {t('transfers.chooseFiles')}
        </Button>
        {take.isPending && (
          <p role="status" className="pb-2.5 text-sm text-ink-2 tnum">
            {t('transfers.sending', { percent })}
          </p>
        )}
      </div>
    </SettingRow>
  );
}

export function FileExport() {
  const t = useT();
  const { folders } = useFolders();
  const { labels } = useLabels();
  const { save } = useTransferChanges();
  const [folderId, setFolderId] = useState('');
  const [format, setFormat] = useState<'mbox' | 'eml'>('mbox');
  return (
    <SettingRow title={t('transfers.export')} hint={t('transfers.exportHint')}>
      <div className="flex flex-wrap items-end gap-3">
        <Choice label={t('transfers.what')} value={folderId} onChange={setFolderId}>
          <option value="">{t('transfers.everything')}</option>
          {[...(folders ?? []), ...(labels ?? [])].map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Choice>
        <Choice label={t('transfers.format')} value={format} onChange={(value) => setFormat(value as 'mbox' | 'eml')}>
          <option value="mbox">{t('transfers.format.mbox')}</option>
          <option value="eml">{t('transfers.format.eml')}</option>
        </Choice>
        <Button busy={save.isPending} onClick={() => save.mutate({ format, ...(folderId && { folderId }) })}>
          {t('transfers.exportButton')}
        </Button>
      </div>
    </SettingRow>
  );
}

'use client';
// Offers to send large files as links.
import { useState } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { Segmented } from '../../../components/ui/segmented.tsx';
import { SHARE_DAYS, type ShareDays } from '../../../server/web/contract/shares.ts';

export interface LinkOfferDialogProps {
  files: readonly File[];
  /** What fits into a message in all. */
  limitBytes: number;
  onAccept: (days: ShareDays) => void;
  onClose: () => void;
}

export function LinkOfferDialog({ files, limitBytes, onAccept, onClose }: LinkOfferDialogProps) {
  const t = useT();
  const format = useFormat();
  const [days, setDays] = useState<ShareDays>(SHARE_DAYS[0]);
  return (
    <Dialog
      title={t('link.offer.title')}
      closeLabel={t('app.close')}
      onClose={onClose}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button variant="primary" onClick={() => onAccept(days)}>
            {t('link.offer.accept', { n: files.length })}
          </Button>
        </>
      }
    >
      <p className="text-sm text-ink-2">{t('link.offer.text', { limit: format.bytes(limitBytes) })}</p>
      <ul className="my-3 space-y-1">
        {files.map((file) => (
          <li key={`${file.name} ${file.size} ${file.lastModified}`} className="flex gap-3 text-sm">
            <bdi className="min-w-0 flex-1 truncate font-medium">{file.name}</bdi>
            <span className="shrink-0 text-ink-3 tnum">{format.bytes(file.size)}</span>
          </li>
        ))}
      </ul>
      <div className="flex items-center justify-between gap-3 text-sm">
        <span aria-hidden>{t('link.offer.days')}</span>
        <Segmented label={t('link.offer.days')} value={String(days)} options={SHARE_DAYS.map((each) => ({ value: String(each), label: t('link.days', { n: each }) }))} onChange={(value) => setDays(Number(value) as ShareDays)} />
      </div>
    </Dialog>
  );
}

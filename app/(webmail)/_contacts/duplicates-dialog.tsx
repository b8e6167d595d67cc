'use client';
// Contacts that may be one person, set by set, to merge or to leave.
import { useState } from 'react';
import { CircleCheck, CloudAlert } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import { ContactAvatar } from './contact-avatar.tsx';
import { useContactChanges, useDuplicates } from './use-contacts.ts';

/** Open for as long as it is mounted. */
export function DuplicatesDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { data, error, refetch } = useDuplicates();
  const { merge } = useContactChanges();
  const [merging, setMerging] = useState<string | null>(null);
  return (
    <Dialog title={t('duplicates.title')} closeLabel={t('app.close')} onClose={onClose}>
      {error && (
        <Notice icon={<CloudAlert />} title={t('error.load')} alert action={<Button onClick={() => void refetch()}>{t('app.retry')}</Button>}>
          {error.message}
        </Notice>
      )}
      {!data && !error && <div aria-hidden className="h-40 skeleton" />}
      {data?.length === 0 && <Notice icon={<CircleCheck />} title={t('duplicates.none')} />}
      {data && data.length > 0 && (
        <>
          <p className="mb-3 text-sm text-ink-2">{t('duplicates.hint')}</p>
          <ul aria-label={t('duplicates.title')} className="space-y-3">
            {data.map(({ reason, contacts }) => {
              const ids = contacts.map(({ id }) => id);
              const [first] = contacts;
              return (
                <li key={ids.join()} className="rounded-lg border border-line p-3">
                  <div className="mb-2 flex items-center justify-between gap-3">
                    <span className="text-xs text-ink-3">{t(`duplicates.${reason}`)}</span>
                    <Button
                      size="sm"
                      aria-label={t('duplicates.merge', { name: first?.name ?? '' })}
                      busy={merge.isPending && merging === ids.join()}
                      onClick={() => {
                        setMerging(ids.join());
                        merge.mutate(ids);
                      }}
                    >
                      {t('duplicates.mergeShort')}
                    </Button>
                  </div>
                  <ul className="space-y-1.5">
                    {contacts.map((contact) => (
                      <li key={contact.id} className="flex items-center gap-2.5">
                        <ContactAvatar {...contact} size="sm" />
                        <bdi className="truncate text-sm font-medium">{contact.name}</bdi>
                        <span className="min-w-0 truncate text-xs text-ink-3">{contact.address || contact.phone || contact.organization}</span>
                      </li>
                    ))}
                  </ul>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Dialog>
  );
}

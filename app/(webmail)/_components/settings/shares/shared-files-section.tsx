'use client';
// Files that messages link to: until when, how often they were fetched, and taking them back.
import { FileUp, Link2 } from 'lucide-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { FileTypeIcon } from '../../../../../components/ui/file-type-icon.tsx';
import { IconButton } from '../../../../../components/ui/icon-button.tsx';
import { Notice } from '../../../../../components/ui/notice.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import type { SharedFile } from '../../../../../server/web/contract/shares.ts';
import { keys } from '../../../_data/keys.ts';
import { showToast } from '../../../_state/toasts.ts';
import { RemovableLine } from '../removable-line.tsx';

function SharedFileLine({ file }: { file: SharedFile }) {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api('shares.delete', { params: { shareId: file.id } }),
    onSuccess: () => showToast({ text: t('shares.revoked', { name: file.filename }) }),
    onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.shares }),
  });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(file.url);
      showToast({ text: t('shares.copied') });
    } catch (error) {
      showToast({ tone: 'error', text: t('done.failed', { message: error instanceof Error ? error.message : String(error) }) });
    }
  };
  return (
    <RemovableLine
      icon={<FileTypeIcon contentType={file.contentType} className="size-5" />}
      name={file.filename}
      about={
        <>
          {t('link.about', { size: format.bytes(file.sizeBytes), date: format.fullDate(file.expiresAt) })}
          <br />
          {file.lastDownloadAt === null ? t('shares.never') : t('shares.downloads', { n: file.downloads, when: format.lately(file.lastDownloadAt) })}
        </>
      }
      action={<IconButton label={t('shares.copy', { name: file.filename })} icon={<Link2 className="size-4" />} onClick={() => void copy()} />}
      removal={{ title: t('shares.revoke.title'), text: t('shares.revoke.text', { name: file.filename }), label: t('shares.revoke'), busy: revoke.isPending, run: () => revoke.mutate() }}
    />
  );
}

/** Newest first, as the server orders them. */
export default function SharedFilesSection() {
  const t = useT();
  const shares = useQuery({ queryKey: keys.shares, queryFn: ({ signal }) => api('shares.list', {}, { signal }).then((answer) => answer.items) });
  return (
    <>
      <p className="-mt-4 mb-4 text-sm text-ink-3">{t('shares.hint')}</p>
      {shares.isPending && <div aria-hidden className="h-16 skeleton" />}
      {shares.isError && (
        <div role="alert" className="flex items-center gap-3 text-sm">
          {t('error.load')}
          <Button size="sm" onClick={() => void shares.refetch()}>
            {t('app.retry')}
          </Button>
        </div>
      )}
      {shares.data?.length === 0 && (
        <Notice icon={<FileUp />} title={t('shares.none')}>
          {t('shares.noneHint')}
        </Notice>
      )}
      <ul>
        {shares.data?.map((file) => (
          <SharedFileLine key={file.id} file={file} />
        ))}
      </ul>
    </>
  );
}

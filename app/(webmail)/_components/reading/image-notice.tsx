'use client';
// Says that remote images were left out, and lets them in: once, or always from this sender.
import { ImageOff } from 'lucide-react';
import { useMutation } from '@tanstack/react-query';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { api } from '../../../../server/web/contract/client.ts';
import { showToast } from '../../_state/toasts.ts';

export interface ImageNoticeProps {
  count: number;
  trackers: readonly string[];
  /** The sender's address; without one there is nobody to trust. */
  sender: string | null;
  onShow: () => void;
}

/** Above the message's text. */
export function ImageNotice({ count, trackers, sender, onShow }: ImageNoticeProps) {
  const t = useT();
  const trust = useMutation({
    mutationFn: (address: string) => api('senders.trust', { body: { address, trusted: true } }),
    onSuccess: (_answer, address) => showToast({ text: t('read.images.trusted', { address }) }),
    onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
  });
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1.5 rounded-lg bg-sunken px-3 py-2 text-sm text-ink-2">
      <ImageOff aria-hidden className="size-4 shrink-0 text-ink-3" />
      <p className="min-w-40 flex-1">
        {t('read.images.blocked', { n: count })}
        {trackers.length > 0 && <span className="block text-xs text-ink-3">{t('read.images.trackers', { hosts: trackers.slice(0, 2).join(', ') })}</span>}
      </p>
      <span className="flex gap-1">
        <Button size="sm" onClick={onShow}>
          {t('read.images.show')}
        </Button>
        {sender && (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => {
              onShow();
              trust.mutate(sender);
            }}
          >
            {t('read.images.always')}
          </Button>
        )}
      </span>
    </div>
  );
}

'use client';
// Shows one file of a message over the whole window, with the others an arrow away.
import { useEffect, useRef } from 'react';
import type { KeyboardEvent } from 'react';
import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import type { Attachment } from '../../../../server/web/contract/message.ts';
import { FileTypeIcon } from '../../../../components/ui/file-type-icon.tsx';

const TEXT_SHOWN = 200_000;

function TextPreview({ url }: { url: string }) {
  const t = useT();
  const text = useQuery({
    queryKey: ['attachment-text', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url, { signal, credentials: 'same-origin' });
      if (!response.ok) throw new Error(String(response.status));
      return (await response.text()).slice(0, TEXT_SHOWN);
    },
    staleTime: Infinity,
  });
  if (text.isError) return <p className="text-sm text-ink-2">{t('error.load')}</p>;
  return <pre className="h-full w-full max-w-4xl overflow-auto rounded-lg bg-surface p-6 text-start font-mono text-sm whitespace-pre-wrap text-ink select-text">{text.data ?? t('app.loading')}</pre>;
}

function Preview({ attachment, name }: { attachment: Attachment; name: string }) {
  const t = useT();
  switch (attachment.preview) {
    case 'image':
      return <img src={attachment.url} alt={name} className="max-h-full max-w-full rounded-md object-contain shadow-3" />;
    case 'text':
      return <TextPreview url={attachment.url} />;
    case 'pdf':
      return <iframe src={attachment.url} title={name} className="h-full w-full max-w-5xl rounded-md border-0 bg-surface" />;
    case 'audio':
      return <audio src={attachment.url} controls className="w-full max-w-lg" />;
    case 'video':
      return <video src={attachment.url} controls className="max-h-full max-w-full rounded-md" />;
    case 'none':
      return (
        <div className="text-center">
          <FileTypeIcon contentType={attachment.contentType} className="mx-auto mb-4 size-14 text-on-toast/60" />
          <p className="mb-5 text-md">{t('read.attachment.noPreview')}</p>
          <a href={`${attachment.url}?download=1`} download={name} className="inline-flex h-9 items-center gap-2 rounded-md bg-accent px-4 text-sm font-medium text-on-accent">
            <Download aria-hidden className="size-4" />
            {t('read.attachment.download', { name })}
          </a>
        </div>
      );
  }
}

export interface AttachmentViewerProps {
  attachments: readonly Attachment[];
  at: number;
  onGo: (index: number) => void;
  onClose: () => void;
}

/** Open for as long as it is mounted. */
export function AttachmentViewer({ attachments, at, onGo, onClose }: AttachmentViewerProps) {
  const t = useT();
  const format = useFormat();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  const attachment = attachments[at];
  if (!attachment) return null;
  const name = attachment.filename || t('read.attachment.unnamed');
  const go = (step: number) => attachments[at + step] && onGo(at + step);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const onwards = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') go(event.key === onwards ? 1 : -1);
  };
  const tool = 'text-on-toast/80 hover:bg-on-toast/10 hover:text-on-toast';

  return (
    <dialog
      ref={ref}
      aria-label={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={onKeyDown}
      className="m-0 h-dvh max-h-none w-screen max-w-none bg-[oklch(0.16_0.012_222/0.94)] text-on-toast enter-fade"
    >
      <div className="flex h-full flex-col">
        <header className="flex h-14 shrink-0 items-center gap-2 ps-5 pe-3">
          <p className="min-w-0 flex-1 truncate text-sm font-medium" dir="auto">
            {name} <span className="ms-2 font-normal text-on-toast/65">{format.bytes(attachment.sizeBytes)}</span>
          </p>
          <a href={`${attachment.url}?download=1`} download={name} aria-label={t('read.attachment.download', { name })} className={`inline-flex size-10 items-center justify-center rounded-lg ${tool}`}>
            <Download aria-hidden className="size-4.5" />
          </a>
          <IconButton label={t('app.close')} icon={<X className="size-5" />} size="lg" className={tool} onClick={onClose} />
        </header>
        <div className="relative flex min-h-0 flex-1 items-center justify-center px-4 pb-6 sm:px-16" onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
          <Preview key={attachment.id} attachment={attachment} name={name} />
          {attachments.length > 1 && (
            <>
              <IconButton label={t('read.attachment.previous')} icon={<ChevronLeft className="size-6" />} size="lg" disabled={at === 0} className={`absolute start-3 ${tool}`} onClick={() => go(-1)} />
              <IconButton label={t('read.attachment.next')} icon={<ChevronRight className="size-6" />} size="lg" disabled={at === attachments.length - 1} className={`absolute end-3 ${tool}`} onClick={() => go(1)} />
            </>
          )}
        </div>
      </div>
    </dialog>
  );
}

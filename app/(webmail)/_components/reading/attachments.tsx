'use client';
// The files of a message: image thumbnails, names and sizes, opening and downloading.
import { lazy, Suspense, useState } from 'react';
import { Download } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { FileTypeIcon } from '../../../../components/ui/file-type-icon.tsx';
import type { Attachment } from '../../../../server/web/contract/message.ts';

const AttachmentViewer = lazy(() => import('./attachment-viewer.tsx').then((module) => ({ default: module.AttachmentViewer })));

function Tile({ attachment, onOpen }: { attachment: Attachment; onOpen: () => void }) {
  const t = useT();
  const format = useFormat();
  const name = attachment.filename || t('read.attachment.unnamed');
  return (
    <li className="group/file relative flex w-56 items-center gap-3 rounded-lg border border-line bg-surface p-2 transition-colors hover:border-line-strong hover:bg-sunken max-sm:w-full">
      <span className="inline-flex size-11 shrink-0 items-center justify-center overflow-hidden rounded-md bg-pressed text-ink-2">
        {attachment.preview === 'image' ? (
          <img src={attachment.url} alt="" loading="lazy" decoding="async" width={44} height={44} className="size-full object-cover" />
        ) : (
          <FileTypeIcon contentType={attachment.contentType} />
        )}
      </span>
      <button type="button" aria-label={t('read.attachment.open', { name })} onClick={onOpen} className="min-w-0 flex-1 text-start outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent">
        <span className="block truncate text-sm font-medium" dir="auto">
          {name}
        </span>
        <span className="block text-xs text-ink-3">{format.bytes(attachment.sizeBytes)}</span>
      </button>
      <a href={`${attachment.url}?download=1`} download={name} aria-label={t('read.attachment.download', { name })} data-tip={t('read.attachment.download', { name })} className="relative z-10 inline-flex size-8 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink">
        <Download aria-hidden className="size-4" />
      </a>
    </li>
  );
}

/** At least one attachment. */
export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const t = useT();
  const format = useFormat();
  const [opened, setOpened] = useState<number | null>(null);
  const total = attachments.reduce((sum, attachment) => sum + attachment.sizeBytes, 0);
  const label = t('read.attachments', { n: attachments.length });
  return (
    <section className="mt-5 border-t border-line pt-4">
      <h3 className="mb-2.5 text-xs font-medium text-ink-3">
        {label} · {format.bytes(total)}
      </h3>
      <ul aria-label={label} className="flex flex-wrap gap-2">
        {attachments.map((attachment, index) => (
          <Tile key={attachment.id} attachment={attachment} onOpen={() => setOpened(index)} />
        ))}
      </ul>
      <Suspense>{opened !== null && <AttachmentViewer attachments={attachments} at={opened} onGo={setOpened} onClose={() => setOpened(null)} />}</Suspense>
    </section>
  );
}

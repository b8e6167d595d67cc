'use client';
// The files of a message being written.
import { RotateCw, X } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { cx } from '../../../components/ui/cx.ts';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { FileTypeIcon } from '../../../components/ui/file-type-icon.tsx';
import type { UploadItem } from './compose-state.ts';

export interface UploadListProps {
  items: readonly UploadItem[];
  onRemove: (item: UploadItem) => void;
  onRetry: (item: UploadItem) => void;
}

function UploadRow({ item, onRemove, onRetry }: { item: UploadItem } & Omit<UploadListProps, 'items'>) {
  const t = useT();
  const format = useFormat();
  const percent = Math.round(item.fraction * 100);
  const name = item.filename;
  const unscanned = item.upload !== null && (item.upload.scan === 'down' || item.upload.scan === 'too large');
  const notes = {
    uploading: t('compose.uploading', { percent }),
    waiting: t('compose.uploadWaiting', { percent }),
    failed: item.error ?? t('compose.uploadFailed'),
    done: unscanned ? t('compose.unscanned', { size: format.bytes(item.sizeBytes) }) : format.bytes(item.sizeBytes),
  };
  const going = item.state === 'uploading' || item.state === 'waiting';
  return (
    <li className={cx('relative flex min-w-0 items-center gap-2.5 overflow-hidden rounded-md border py-1 ps-2.5 pe-1', item.state === 'failed' ? 'border-danger bg-danger-soft' : 'border-line bg-sunken')}>
      <FileTypeIcon contentType={item.contentType} className="size-4 shrink-0 text-ink-3" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm" dir="auto">
          {name}
        </span>
        <span className={cx('block truncate text-2xs tnum', item.state === 'failed' ? 'text-danger' : 'text-ink-3')}>{notes[item.state]}</span>
      </span>
      {(item.state === 'failed' || item.state === 'waiting') && <IconButton label={t('compose.retryUpload', { name })} icon={<RotateCw className="size-3.5" />} size="sm" onClick={() => onRetry(item)} />}
      <IconButton label={going ? t('compose.cancelUpload', { name }) : t('compose.removeAttachment', { name })} icon={<X className="size-3.5" />} size="sm" onClick={() => onRemove(item)} />
      {going && (
        <span role="progressbar" aria-label={name} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className="absolute inset-x-0 bottom-0 h-0.5 bg-pressed">
          <span className="block h-full origin-left bg-accent transition-transform rtl:origin-right" style={{ transform: `scaleX(${item.fraction})` }} />
        </span>
      )}
    </li>
  );
}

/** Inline images aren't listed, unless they fail. */
export function UploadList({ items, onRemove, onRetry }: UploadListProps) {
  const t = useT();
  const shown = items.filter((item) => !item.inline || item.state !== 'done');
  if (shown.length === 0) return null;
  return (
    <ul aria-label={t('read.attachments', { n: shown.length })} className="grid max-h-36 gap-1.5 overflow-y-auto px-4 py-2 sm:grid-cols-2">
      {shown.map((item) => (
        <UploadRow key={item.key} item={item} onRemove={onRemove} onRetry={onRetry} />
      ))}
    </ul>
  );
}

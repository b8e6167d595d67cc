'use client';
// The files of the message that a form shows: adding, cancelling, trying again; what doesn't fit is offered as a link. The
// work is upload-queue.ts's.
import { useEffect, useState } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { api } from '../../../server/web/contract/client.ts';
import type { ShareDays, SharedFile } from '../../../server/web/contract/shares.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import { useMe } from '../_data/use-me.ts';
import { showToast } from '../_state/toasts.ts';
import type { ComposeModel } from './compose-model.ts';
import { fittingFiles } from './fitting-files.ts';
import { forgetFile, keepFile, keptFilesOf } from './kept-files.ts';
import { UploadQueue } from './upload-queue.ts';
import { uploadServer } from './upload-server.ts';

const DEFAULT_LIMITS = { uploadBytes: 25 * 1024 * 1024, linkBytes: 2 * 1024 * 1024 * 1024 };

const queues = new WeakMap<ComposeModel, UploadQueue>();

function queueOf(model: ComposeModel, accountId: string, chooseAgain: string): UploadQueue {
  const existing = queues.get(model);
  if (existing) return existing;
  const queue = new UploadQueue(model, {
    server: uploadServer,
    keep: (file) => keepFile({ ...file, accountId }),
    forget: forgetFile,
    kept: (draftId) => keptFilesOf(accountId, draftId),
    remove: (uploadId) => api('uploads.delete', { params: { uploadId } }),
    chooseAgain,
  });
  queues.set(model, queue);
  return queue;
}

export interface UploadPlaces {
  /** An image is up and can be put into the text. */
  onInline: (upload: Upload) => void;
  /** A file is up and can be linked to. */
  onShared: (file: SharedFile) => void;
}

export function useUploads(model: ComposeModel, { onInline, onShared }: UploadPlaces) {
  const t = useT();
  const format = useFormat();
  const me = useMe();
  const { uploadBytes, linkBytes } = me?.limits ?? DEFAULT_LIMITS;
  const [offered, setOffered] = useState<readonly File[]>([]);
  const queue = queueOf(model, me?.account.id ?? '', t('compose.chooseAgain'));
  useEffect(() => {
    queue.onInline = onInline;
    queue.onLink = async (upload, days) => onShared(await api('shares.create', { body: { uploadId: upload.id, days: days as ShareDays } }));
    // A file of an earlier page may have been shared by it already: only its block is missing then.
    queue.onGone = async (id) => {
      const { items } = await api('shares.list', {});
      const file = items.find((each) => each.id === id);
      if (file) onShared(file);
      return file !== undefined;
    };
  }, [queue, onInline, onShared]);
  useEffect(() => void queue.resume(), [queue]);

  const add = (files: Iterable<File>, inline = false) => {
    const { fitting, large, tooLarge } = fittingFiles([...files], model.state.uploads, { uploadBytes, linkBytes });
    for (const file of tooLarge) showToast({ tone: 'error', text: t('compose.tooLarge', { name: file.name, limit: format.bytes(linkBytes) }) });
    if (fitting.length > 0) queue.add(fitting, { inline });
    if (large.length > 0) setOffered((now) => [...now, ...large]);
  };
  const offer = {
    files: offered,
    limitBytes: uploadBytes,
    onAccept: (days: ShareDays) => (queue.add(offered, { linkDays: days }), setOffered([])),
    onClose: () => setOffered([]),
  };
  return { add, remove: queue.remove.bind(queue), retry: queue.retry.bind(queue), offer };
}

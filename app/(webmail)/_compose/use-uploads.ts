'use client';
// The files of the message that a form shows: adding, cancelling, trying again. The work is upload-queue.ts's.
import { useEffect } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { api } from '../../../server/web/contract/client.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import { useMe } from '../_data/use-me.ts';
import { showToast } from '../_state/toasts.ts';
import type { ComposeModel } from './compose-model.ts';
import { forgetFile, keepFile, keptFilesOf } from './kept-files.ts';
import { UploadQueue } from './upload-queue.ts';
import { uploadServer } from './upload-server.ts';

const DEFAULT_LIMIT = 25 * 1024 * 1024;

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

/** `onInline`: an image is up and can be put into the text. */
export function useUploads(model: ComposeModel, onInline: (upload: Upload) => void) {
  const t = useT();
  const format = useFormat();
  const me = useMe();
  const limit = me?.limits.uploadBytes ?? DEFAULT_LIMIT;
  const queue = queueOf(model, me?.account.id ?? '', t('compose.chooseAgain'));
  useEffect(() => {
    queue.onInline = onInline;
  }, [queue, onInline]);
  useEffect(() => void queue.resume(), [queue]);

  const add = (files: Iterable<File>, inline = false) => {
    const [fitting, large] = [[...files].filter((file) => file.size <= limit), [...files].filter((file) => file.size > limit)];
    for (const file of large) showToast({ tone: 'error', text: t('compose.tooLarge', { name: file.name, limit: format.bytes(limit) }) });
    if (fitting.length > 0) queue.add(fitting, { inline });
  };
  return { add, remove: queue.remove.bind(queue), retry: queue.retry.bind(queue) };
}

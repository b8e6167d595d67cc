'use client';
// Uploading files of a message: several at once, with progress, cancelling and trying again.
import { useCallback, useRef } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { ApiError, api, uploadFile } from '../../../server/web/contract/client.ts';
import type { Upload } from '../../../server/web/contract/compose.ts';
import { useMe } from '../_data/use-me.ts';
import { showToast } from '../_state/toasts.ts';
import type { ComposeModel } from './compose-model.ts';
import type { UploadItem } from './compose-state.ts';

const DEFAULT_LIMIT = 25 * 1024 * 1024;
let lastKey = 0;

interface Running {
  file: File;
  abort: AbortController;
}

/** `onInline`: an image is up and can be put into the text. */
export function useUploads(model: ComposeModel, onInline: (upload: Upload) => void) {
  const t = useT();
  const format = useFormat();
  const limit = useMe()?.limits.uploadBytes ?? DEFAULT_LIMIT;
  const running = useRef(new Map<string, Running>());

  const change = useCallback(
    (key: string, next: Partial<UploadItem> | null, dirty = false) => {
      const { uploads } = model.state;
      const changed = next ? uploads.map((item) => (item.key === key ? { ...item, ...next } : item)) : uploads.filter((item) => item.key !== key);
      if (dirty) model.edit({ uploads: changed });
      else model.store.set((now) => ({ ...now, uploads: changed }));
    },
    [model],
  );

  const start = useCallback(
    async (key: string, file: File, inline: boolean) => {
      const abort = new AbortController();
      running.current.set(key, { file, abort });
      change(key, { state: 'uploading', fraction: 0, error: null });
      try {
        const upload = await uploadFile(file, { filename: file.name || 'image.png', inline, signal: abort.signal, onProgress: (fraction) => change(key, { fraction }) });
        running.current.delete(key);
        change(key, { state: 'done', fraction: 1, upload }, true);
        if (inline) onInline(upload);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'aborted') return;
        change(key, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
      }
    },
    [change, onInline],
  );

  const add = useCallback(
    (files: Iterable<File>, inline = false) => {
      for (const file of files) {
        if (file.size > limit) {
          showToast({ tone: 'error', text: t('compose.tooLarge', { name: file.name, limit: format.bytes(limit) }) });
          continue;
        }
        lastKey += 1;
        const key = `upload-${lastKey}`;
        const item: UploadItem = { key, filename: file.name || 'image.png', contentType: file.type, sizeBytes: file.size, inline, state: 'uploading', fraction: 0, upload: null, error: null };
        model.store.set((now) => ({ ...now, uploads: [...now.uploads, item] }));
        void start(key, file, inline);
      }
    },
    [model, start, limit, t, format],
  );

  const remove = useCallback(
    (item: UploadItem) => {
      running.current.get(item.key)?.abort.abort();
      running.current.delete(item.key);
      change(item.key, null, item.upload !== null);
      // The server clears unused uploads by itself: a failure here costs nothing but space for a while.
      if (item.upload) void api('uploads.delete', { params: { uploadId: item.upload.id } }).catch(() => undefined);
    },
    [change],
  );

  const retry = useCallback(
    (item: UploadItem) => {
      const again = running.current.get(item.key);
      if (again) void start(item.key, again.file, item.inline);
    },
    [start],
  );

  return { add, remove, retry };
}

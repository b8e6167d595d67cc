'use client';
// Imports and exports of the account, read again while one runs.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { api, sendBytes } from '../../../../../server/web/contract/client.ts';
import { pathOf } from '../../../../../server/web/contract/paths.ts';
import '../../../../../server/web/contract/transfer-paths.ts';
import type { ImapServerInput, Transfer } from '../../../../../server/web/contract/transfers.ts';
import { refreshMailbox } from '../../../_data/refresh.ts';
import { showToast } from '../../../_state/toasts.ts';

const KEY = ['transfers'] as const;
const LOOK_MS = 1_000;
const LOOK_TIMEOUT_MS = 90_000;

const isOpen = ({ state }: Transfer) => state === 'running' || state === 'preparing';

export function useTransfers() {
  const client = useQueryClient();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { items } = await api('transfers.list', {}, { signal });
      const before = client.getQueryData<Transfer[]>(KEY) ?? [];
      if (items.some((item) => !isOpen(item) && before.some((known) => known.id === item.id && isOpen(known)))) refreshMailbox(client, []);
      return items;
    },
    refetchInterval: ({ state }) => (state.data?.some(({ state: each }) => each === 'running') ? LOOK_MS : false),
  });
}

export function useTransferChanges() {
  const t = useT();
  const client = useQueryClient();
  const reread = () => client.invalidateQueries({ queryKey: KEY });
  const onError = (error: Error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) });
  return {
    look: useMutation({ mutationFn: (server: ImapServerInput) => api('transfers.imapFolders', { body: server }, { timeoutMs: LOOK_TIMEOUT_MS }).then(({ items }) => items) }),
    bring: useMutation({ mutationFn: (body: { server: ImapServerInput; folders: string[] }) => api('transfers.imap', { body }), onSuccess: reread, onError }),
    stop: useMutation({ mutationFn: (id: string) => api('transfers.cancel', { params: { transferId: id } }), onSettled: reread, onError }),
    /** The browser saves the file; its progress is the server's to tell. */
    save: useMutation({
      mutationFn: (body: { format: 'mbox' | 'eml'; folderId?: string }) => api('transfers.export', { body }),
      onSuccess: ({ id }) => {
        location.assign(pathOf('transfers.file', { transferId: id }).path);
        window.setTimeout(() => void reread(), LOOK_MS);
      },
      onError,
    }),
    take: useMutation({
      mutationFn: async ({ files, folderId, onProgress }: { files: readonly File[]; folderId: string; onProgress: (percent: number) => void }) => {
        const { id } = await api('transfers.files', { body: folderId === '' ? {} : { folderId } });
        const all = files.reduce((sum, file) => sum + file.size, 0);
        let before = 0;
        try {
          for (const [index, file] of files.entries()) {
            await sendBytes('transfers.addFile', file, { params: { transferId: id }, query: { index, filename: file.name }, onProgress: (bytes) => onProgress(Math.round((100 * (before + bytes)) / Math.max(1, all))) });
            before += file.size;
          }
        } catch (error) {
          await api('transfers.cancel', { params: { transferId: id } }).catch(() => undefined);
          throw error;
        }
        return api('transfers.begin', { params: { transferId: id } });
      },
      onSettled: reread,
      onError,
    }),
  };
}

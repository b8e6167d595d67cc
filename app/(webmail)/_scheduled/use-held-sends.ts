'use client';
// Messages that wait before they leave, and what can be done with them.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { api } from '../../../server/web/contract/client.ts';
import type { HeldSend } from '../../../server/web/contract/compose.ts';
import { openCompose } from '../_compose/compose-windows.ts';
import { keys } from '../_data/keys.ts';
import { refreshMailbox } from '../_data/refresh.ts';
import { showToast } from '../_state/toasts.ts';

const REREAD_MS = 60_000;

/** Read again each minute, since messages leave without a word. */
export function useHeldSends() {
  return useQuery({ queryKey: keys.held, queryFn: ({ signal }) => api('sends.list', {}, { signal }).then((answer) => answer.items), refetchInterval: REREAD_MS, staleTime: 10_000 });
}

/** What can be done with one of them; each says how it went. */
export function useHeldActions() {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const run = async (work: () => Promise<string>) => {
    try {
      showToast({ text: await work() });
    } catch (error) {
      showToast({ tone: 'error', text: t('done.failed', { message: error instanceof Error ? error.message : String(error) }) });
    }
    void client.invalidateQueries({ queryKey: keys.held });
    refreshMailbox(client, []);
  };
  const params = (send: HeldSend) => ({ sendId: send.id });
  return {
    /** Makes it a draft; `open` goes on writing. */
    takeBack: (send: HeldSend, open: boolean) =>
      void run(async () => {
        const draft = await api('sends.cancel', { params: params(send) });
        if (open) openCompose({ kind: 'stored', draftId: draft.id });
        return t('scheduled.cancelled');
      }),
    sendNow: (send: HeldSend) =>
      void run(async () => {
        await api('sends.reschedule', { params: params(send), body: { sendAt: null } }, { timeoutMs: 120_000 });
        return t('scheduled.sent');
      }),
    reschedule: (send: HeldSend, at: Date) =>
      void run(async () => {
        await api('sends.reschedule', { params: params(send), body: { sendAt: at.toISOString() } }, { timeoutMs: 120_000 });
        return t('scheduled.moved', { when: format.fullDate(at.toISOString()) });
      }),
  };
}

'use client';
// Keeps the mailbox usable without a network for as long as the page stands: the service worker's part, the actions
// that wait for the server, and notices of new mail that were pressed. Loaded when the browser has nothing else to do.
import type { QueryClient } from '@tanstack/react-query';
import type { Translate } from '../../../components/i18n/catalogue.ts';
import type { Me } from '../../../server/web/contract/session.ts';
import { connectionStore } from '../_data/use-live-updates.ts';
import { refreshMailbox } from '../_data/refresh.ts';
import { openAddress } from '../_navigation/use-view.ts';
import { showToast } from '../_state/toasts.ts';
import { waitingActions } from '../_state/waiting-actions.ts';
import { beginOffline } from './offline-files.ts';
import { countWaiting, replayActions } from './outbox.ts';

export interface OfflineSession {
  me: Me;
  client: QueryClient;
  t: Translate;
}

async function replay({ me, client, t }: OfflineSession): Promise<void> {
  if (waitingActions.get() === 0) return;
  const { done, refused } = await replayActions(me.account.id);
  if (done + refused === 0) return;
  showToast(refused > 0 ? { tone: 'error', text: t('offline.refused', { n: refused }) } : { text: t('offline.sent', { n: done }) });
  refreshMailbox(client, []);
}

/** @returns a function that ends it */
export function startOffline(session: OfflineSession): () => void {
  const again = () => void replay(session).catch(() => undefined);
  const pressed = ({ data }: MessageEvent<{ type?: string; path?: string }>) => data.type === 'open' && data.path && openAddress(data.path);
  const worker = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
  void beginOffline(session.me).catch(() => undefined);
  void countWaiting(session.me.account.id).then(again);
  const stop = connectionStore.subscribe(() => connectionStore.get() === 'open' && again());
  window.addEventListener('online', again);
  window.addEventListener('focus', again);
  worker?.addEventListener('message', pressed);
  return () => {
    stop();
    window.removeEventListener('online', again);
    window.removeEventListener('focus', again);
    worker?.removeEventListener('message', pressed);
  };
}

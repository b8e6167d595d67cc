'use client';
// The way back after "Send": a toast for as long as the server holds the message, and the key for undoing.
import type { QueryClient } from '@tanstack/react-query';
import type { Translate } from '../../../components/i18n/catalogue.ts';
import { api } from '../../../server/web/contract/client.ts';
import type { Draft } from '../../../server/web/contract/compose.ts';
import { keys } from '../_data/keys.ts';
import { refreshMailbox } from '../_data/refresh.ts';
import { offerUndo } from '../_data/use-actions.ts';
import { dismissToast, showToast } from '../_state/toasts.ts';

export interface TakeBackOffer {
  client: QueryClient;
  t: Translate;
  text: string;
  sendId: string;
  heldUntil: string;
  /** The message is a draft again. */
  onBack: (draft: Draft) => void;
}

/** What stays on screen for a message that waits longer than this. */
const LONGEST_MS = 10_000;
/** The server needs so long to hear of it: an offer that ends later would often come too late. */
const MARGIN_MS = 400;

/** Offers to take a held message back. */
export function offerTakeBack({ client, t, text, sendId, heldUntil, onBack }: TakeBackOffer): void {
  const leftMs = Date.parse(heldUntil) - Date.now();
  const strictMs = leftMs > 60_000 ? LONGEST_MS : leftMs - MARGIN_MS;
  if (strictMs <= 0) return void showToast({ text });
  const run = () => {
    offerUndo(null);
    dismissToast(toast);
    void takeBack();
  };
  const toast = showToast({ text, strictMs, action: { label: t('app.undo'), run } });
  offerUndo(run, strictMs);
  const takeBack = async () => {
    try {
      onBack(await api('sends.cancel', { params: { sendId } }));
      showToast({ text: t('compose.takenBack') });
    } catch (error) {
      showToast({ tone: 'error', text: error instanceof Error ? error.message : String(error) });
    }
    void client.invalidateQueries({ queryKey: keys.held });
    refreshMailbox(client, []);
  };
}

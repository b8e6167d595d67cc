'use client';
// Doing things to conversations: on screen at once, then on the server, with a way back for as long as the toast stands.
import { useCallback } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useT } from '../../../components/i18n/i18n.tsx';
import type { Translate } from '../../../components/i18n/catalogue.ts';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import type { ActionBody, ActionName, ActionResult, Folder } from '../../../server/web/contract/mailbox.ts';
import type { Me } from '../../../server/web/contract/session.ts';
import { createStore } from '../_state/store.ts';
import { waitingActions } from '../_state/waiting-actions.ts';
import { showToast } from '../_state/toasts.ts';
import { useConfirm } from '../_state/confirm.ts';
import { folderSlug } from '../_navigation/view.ts';
import { keys } from './keys.ts';
import { refreshWhenQuiet, whileActing } from './live-gate.ts';
import type { LabelChange } from './list-pages.ts';
import { applyOptimistically } from './optimistic.ts';
import { refreshMailbox } from './refresh.ts';

export interface Act {
  action: ActionName;
  conversationIds: string[];
  /** URL part of the folder looked at; null in searches. */
  slug: string | null;
  /** With `move`. */
  target?: { id: string; label: string };
  /** With `snooze`. */
  until?: Date;
  /** With `label`: what is set and taken, and what to say of it. */
  labels?: LabelChange & { addIds: string[]; removeIds: string[]; done: string };
  /** No toast: for marking read on opening, and for stars. */
  quiet?: boolean;
}

/** Takes back the last action, while it can be; null otherwise. */
export const lastUndo = createStore<(() => void) | null>(null);

/** As long as a toast with a way back stands (_state/toasts.ts). */
const UNDO_MS = 10_000;
let undoTimer = 0;

/** Makes `run` what the undo key does, once, for as long as its toast stands. */
export function offerUndo(run: (() => void) | null, forMs = UNDO_MS): void {
  window.clearTimeout(undoTimer);
  lastUndo.set(() => run && (() => {
    offerUndo(null);
    run();
  }));
  if (run) undoTimer = window.setTimeout(() => lastUndo.set(() => null), forMs);
}

const errorText = (error: unknown) => (error instanceof Error ? error.message : String(error));

function doneText(t: Translate, act: Act): string {
  const n = act.conversationIds.length;
  if (act.action === 'label') return act.labels?.done ?? '';
  return act.action === 'move' ? t('done.move', { n, folder: act.target?.label ?? '' }) : t(`done.${act.action}`, { n });
}

function bodyOf(client: QueryClient, act: Act): ActionBody {
  const folder = client.getQueryData<Folder[]>(keys.folders)?.find((each) => folderSlug(each) === act.slug);
  return {
    action: act.action,
    conversationIds: act.conversationIds,
    ...(folder ? { folderId: folder.id } : {}),
    ...(act.target ? { targetFolderId: act.target.id } : {}),
    ...(act.until ? { until: act.until.toISOString() } : {}),
    ...(act.labels ? { addLabels: act.labels.addIds, removeLabels: act.labels.removeIds } : {}),
  };
}

const send = (body: ActionBody): Promise<ActionResult> => api('conversations.act', { body }, { timeoutMs: 60_000 });

/**
 * Leaves an action for when the server can be reached: it stays done on screen, and can be taken back until then.
 * @returns false when this browser keeps nothing
 */
async function leaveForLater(client: QueryClient, t: Translate, act: Act, body: ActionBody, rollback: () => void): Promise<boolean> {
  const accountId = client.getQueryData<Me>(keys.me)?.account.id;
  if (!accountId) return false;
  const { keepAction } = await import('../_offline/outbox.ts');
  const takeOut = await keepAction(accountId, body);
  if (!takeOut) return false;
  // What nobody asked for by name, such as marking read, neither says so nor takes the undo key.
  if (act.quiet) return true;
  const run = () => {
    offerUndo(null);
    rollback();
    void takeOut();
  };
  offerUndo(run);
  showToast({ text: t('offline.kept'), action: { label: t('app.undo'), run } });
  return true;
}

async function takeBack(client: QueryClient, t: Translate, steps: ActionBody[], rollback: () => void): Promise<void> {
  rollback();
  try {
    await whileActing(async () => {
      for (const body of steps) await api('conversations.act', { body });
    });
    showToast({ text: t('done.undone') });
  } catch (error) {
    showToast({ tone: 'error', text: t('done.undoFailed', { message: errorText(error) }) });
  }
  refreshWhenQuiet(() => refreshMailbox(client, []));
}

async function perform(client: QueryClient, t: Translate, act: Act): Promise<void> {
  await client.cancelQueries({ queryKey: keys.lists });
  const rollback = applyOptimistically(client, act.action, new Set(act.conversationIds), act.slug, act.labels);
  const body = bodyOf(client, act);
  // What waits goes first: actions keep their order.
  if (waitingActions.get() > 0 && (await leaveForLater(client, t, act, body, rollback))) return;
  try {
    const { results, undo } = await whileActing(() => send(body));
    const failed = results.filter((result) => result.status === 'failed');
    if (failed.length > 0) {
      rollback();
      const message = failed[0]?.message ?? '';
      const text = failed.length === results.length ? t('done.failed', { message }) : t('done.partly', { failed: failed.length, n: results.length });
      showToast({ tone: 'error', text });
    } else if (!act.quiet) {
      const run = undo && undo.length > 0 ? () => void takeBack(client, t, undo, rollback) : null;
      offerUndo(run);
      showToast({ text: doneText(t, act), ...(run ? { action: { label: t('app.undo'), run } } : {}) });
    }
    refreshWhenQuiet(() => refreshMailbox(client, []));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'offline' && (await leaveForLater(client, t, act, body, rollback).catch(() => false))) return;
    rollback();
    if (error instanceof ApiError && error.code === 'unauthenticated') return;
    // The lists were being read when the action stopped them: what they were put back to may be old.
    refreshWhenQuiet(() => refreshMailbox(client, []));
    showToast({ tone: 'error', text: t('done.failed', { message: errorText(error) }), action: { label: t('app.retry'), run: () => void perform(client, t, act) } });
  }
}

/** `act(…)` does it; deleting for good asks first. */
export function useActions(): (act: Act) => void {
  const client = useQueryClient();
  const t = useT();
  const confirm = useConfirm();
  return useCallback(
    (act) => {
      if (act.conversationIds.length === 0) return;
      if (act.action !== 'delete') return void perform(client, t, act);
      confirm({
        title: t('confirm.delete.title'),
        text: t('confirm.delete.text', { n: act.conversationIds.length }),
        confirmLabel: t('action.delete'),
        danger: true,
        onConfirm: () => void perform(client, t, act),
      });
    },
    [client, t, confirm],
  );
}

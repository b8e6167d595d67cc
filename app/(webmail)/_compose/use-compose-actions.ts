'use client';
// Sending, discarding and closing a message being written, with the questions that come before.
import { useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import type { Me } from '../../../server/web/contract/session.ts';
import { keys } from '../_data/keys.ts';
import { refreshMailbox } from '../_data/refresh.ts';
import { useConfirm } from '../_state/confirm.ts';
import { showToast } from '../_state/toasts.ts';
import { mentionsAttachment } from './attachment-mention.ts';
import type { ComposeModel } from './compose-model.ts';
import { dropModel, reviveWindow } from './compose-models.ts';
import { closeWindow, windowStore } from './compose-windows.ts';
import { roughText, swapSignature } from './message-html.ts';
import { offerTakeBack } from './undo-send.ts';

/** Until the settings are known. */
const DEFAULT_UNDO_SECONDS = 10;

/** For the window that shows `model`. */
export function useComposeActions(windowId: string, model: ComposeModel) {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const confirm = useConfirm();

  const leave = () => {
    closeWindow(windowId);
    dropModel(windowId);
    refreshMailbox(client, []);
  };

  const deliver = async (sendAt: Date | undefined) => {
    const window = windowStore.get().find((each) => each.id === windowId);
    const sent = await model.send({ undoSeconds: undoSeconds(), ...(sendAt ? { sendAt: sendAt.toISOString() } : {}) });
    if (!sent) return;
    leave();
    void client.invalidateQueries({ queryKey: keys.held });
    const text = sendAt ? t('compose.scheduled', { when: format.fullDate(sendAt.toISOString()) }) : t('compose.sent');
    if (sent.heldUntil === null || !window) showToast({ text });
    else offerTakeBack({ client, t, text, sendId: sent.sendId, heldUntil: sent.heldUntil, onBack: (draft) => reviveWindow(window, model, draft) });
  };
  const undoSeconds = () => client.getQueryData<Me>(keys.me)?.settings.undoSeconds ?? DEFAULT_UNDO_SECONDS;

  /** Reasons not to send, then questions, then the server. */
  const send = (sendAt?: Date) => {
    const { to, cc, bcc, uploads, subject, own } = model.state;
    const people = [...to, ...cc, ...bcc];
    const wrong = people.find((person) => !person.valid);
    const fault = (place: 'to' | 'attachments', text: string) => model.store.set((now) => ({ ...now, faults: { ...now.faults, [place]: text } }));
    if (people.length === 0) return fault('to', t('compose.noRecipients'));
    if (wrong) return fault('to', t('compose.invalidRecipient', { address: wrong.address }));
    if (uploads.some((item) => item.state !== 'done')) return fault('attachments', t('compose.uploadsRunning'));

    const ask = (title: string, text: string, then: () => void) => confirm({ title, text, confirmLabel: t('compose.forgot.send'), onConfirm: then });
    const checkAttachment = () => {
      const forgotten = uploads.every((item) => item.inline) && mentionsAttachment(`${subject}\n${roughText(swapSignature(own, ''))}`);
      if (forgotten) ask(t('compose.forgot.title'), t('compose.forgot.text'), () => void deliver(sendAt));
      else void deliver(sendAt);
    };
    if (subject.trim() === '') ask(t('compose.noSubject.title'), t('compose.noSubject.text'), checkAttachment);
    else checkAttachment();
  };

  const discard = async () => {
    try {
      await model.discard();
      leave();
      showToast({ text: t('compose.discarded') });
    } catch (error) {
      showToast({ tone: 'error', text: t('compose.discardFailed', { message: error instanceof Error ? error.message : String(error) }) });
    }
  };

  /** Stays open when it cannot be saved: the status says why. */
  const close = async () => {
    if (model.state.phase === 'load-failed' || model.state.phase === 'loading' || (await model.saveNow(true))) leave();
  };

  return { send, discard: () => void discard(), close: () => void close() };
}

export type ComposeActions = ReturnType<typeof useComposeActions>;

'use client';
// An answer written below its conversation.
import { useEffect, useRef } from 'react';
import { Forward, Reply, ReplyAll, SquareArrowOutUpRight, X } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { useStore } from '../_state/store.ts';
import { ComposeBody } from './compose-body.tsx';
import { useComposeModel } from './compose-models.ts';
import { changeWindow, windowStore } from './compose-windows.ts';
import { useComposeActions } from './use-compose-actions.ts';

const MODES = { reply: Reply, replyAll: ReplyAll, forward: Forward } as const;

/** Comes into view when it opens. */
export default function InlineForm({ windowId }: { windowId: string }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const { model, state, reload } = useComposeModel(windowId);
  const actions = useComposeActions(windowId, model);
  const mode = useStore(windowStore, (windows) => {
    const request = windows.find((each) => each.id === windowId)?.request;
    return request?.kind === 'reply' ? request.mode : 'reply';
  });
  const { phase } = state;
  useEffect(() => {
    // In a block: scrolling answers with a promise in newer browsers, and an effect must not return one.
    box.current?.scrollIntoView({ block: 'end', behavior: 'smooth' });
  }, [phase]);
  const Icon = MODES[mode];
  return (
    <div ref={box} role="region" aria-label={t('compose.window', { subject: state.subject || t('compose.newMessage') })} data-compose={windowId} className="mx-5 mt-2 mb-8 scroll-mb-8 overflow-hidden rounded-xl border border-line-strong bg-raised shadow-2 max-sm:mx-3 sm:ms-18">
      <div className="flex h-10 items-center gap-2 bg-sunken ps-4 pe-1.5 text-sm font-medium text-ink-2">
        <Icon aria-hidden className="size-4 rtl:-scale-x-100" />
        <span className="min-w-0 flex-1 truncate">{t(`action.${mode}`)}</span>
        <IconButton label={t('compose.popOut')} icon={<SquareArrowOutUpRight className="size-3.5" />} size="sm" onClick={() => changeWindow(windowId, { placement: 'docked' })} />
        <IconButton label={t('compose.close')} icon={<X className="size-4" />} size="sm" onClick={actions.close} />
      </div>
      <div className="flex max-h-[70dvh] flex-col">
        <ComposeBody model={model} state={state} actions={actions} inline onReload={reload} />
      </div>
    </div>
  );
}

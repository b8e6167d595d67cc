'use client';
// The messages of a conversation with what is folded, hidden and open; answers are written below the last one.
import { useEffect, useRef, useState } from 'react';
import { BellOff } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { ReplyMode } from '../../../../server/web/contract/compose.ts';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { InlineCompose } from '../../_compose/inline-compose.tsx';
import { openCompose, useInlineWindow } from '../../_compose/compose-windows.ts';
import { useMe } from '../../_data/use-me.ts';
import { useCommands } from '../../_keyboard/use-commands.ts';
import type { ListController } from '../list/use-list-controller.ts';
import { actionSlug } from '../list/use-list-controller.ts';
import { ConversationLabels } from './conversation-labels.tsx';
import { foldedPieces, initiallyOpen } from './message-folding.ts';
import { MessageCard } from './message-card.tsx';
import { ReadingToolbar } from './reading-toolbar.tsx';
import { ReplyBar } from './reply-bar.tsx';
import { useMarkRead } from './use-mark-read.ts';

export interface ConversationViewProps {
  conversation: Conversation;
  list: ListController;
  onMove: () => void;
}

function useFolding(messages: Conversation['messages']) {
  const [first] = useState(() => ({ open: initiallyOpen(messages), known: new Set(messages.map((message) => message.id)) }));
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [showAll, setShowAll] = useState(false);
  const isOpen = (id: string) => chosen.get(id) ?? (first.open.has(id) || !first.known.has(id));
  const allOpen = messages.every((message) => isOpen(message.id));
  return {
    isOpen,
    showAll,
    allOpen,
    reveal: () => setShowAll(true),
    toggle: (id: string) => setChosen((now) => new Map(now).set(id, !isOpen(id))),
    toggleAll: () => {
      setChosen(new Map(messages.map((message) => [message.id, !allOpen || message.id === messages.at(-1)?.id])));
      setShowAll(true);
    },
  };
}

/** Moves the focus to the message after or before the one that has it. */
function stepMessage(root: HTMLElement | null, step: 1 | -1): void {
  const cards = [...(root?.querySelectorAll<HTMLElement>('article') ?? [])];
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  const next = cards[at < 0 ? (step === 1 ? 0 : cards.length - 1) : at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
}

/** Keyed by the conversation: its folding starts anew with each. */
export function ConversationView({ conversation, list, onMove }: ConversationViewProps) {
  const t = useT();
  const me = useMe();
  const root = useRef<HTMLDivElement>(null);
  const { messages } = conversation;
  const folding = useFolding(messages);
  const answering = useInlineWindow(conversation.id);
  useMarkRead(conversation, actionSlug(list.view));

  const target = messages.findLast((message) => !message.draft) ?? messages.at(-1);
  const own = new Set(me?.identities.map((identity) => identity.address.toLowerCase()));
  const others = new Set([...(target?.to ?? []), ...(target?.cc ?? []), ...(target?.from ? [target.from] : [])].map((person) => person.address.toLowerCase()).filter((address) => !own.has(address)));
  const reply = (mode: ReplyMode, emailId = target?.id) => emailId && openCompose({ kind: 'reply', emailId, mode, conversationId: conversation.id });

  useCommands({
    reply: () => void reply('reply'),
    replyAll: () => void reply('replyAll'),
    forward: () => void reply('forward'),
    nextMessage: () => stepMessage(root.current, 1),
    previousMessage: () => stepMessage(root.current, -1),
    expandAll: folding.toggleAll,
  });

  useEffect(() => {
    // With many read messages before it, the first open one is brought to the top.
    const firstOpen = root.current?.querySelector<HTMLElement>('article[data-open="true"]');
    if (firstOpen && firstOpen.offsetTop > 400) firstOpen.scrollIntoView({ block: 'start' });
  }, []);

  return (
    <section aria-label={t('read.label')} className="flex h-full flex-col">
      <ReadingToolbar list={list} conversationId={conversation.id} muted={conversation.muted} remindable={conversation.messages.some((message) => message.outgoing && message.folderUse !== 'drafts') ? conversation : null} onMove={onMove} onExpandAll={folding.toggleAll} allExpanded={folding.allOpen} />
      <div ref={root} className="min-h-0 flex-1 overflow-y-auto overscroll-contain scroll-smooth" data-testid="conversation-scroller">
        <div className="mx-auto max-w-5xl">
          <h1 dir="auto" className="px-5 pt-5 pb-2 text-xl font-semibold tracking-[-0.012em] text-balance wrap-anywhere max-sm:px-4 max-sm:text-lg">
            {conversation.subject || t('list.noSubject')}
          </h1>
          <ConversationLabels conversation={conversation} slug={actionSlug(list.view)} />
          {conversation.muted && (
            <p className="flex items-center gap-2 px-5 pb-2 text-sm text-ink-3 max-sm:px-4">
              <BellOff aria-hidden className="size-3.5 shrink-0" />
              {t('read.muted')}
              <button type="button" className="rounded-sm px-1 font-medium text-accent hover:bg-hover" onClick={() => list.act('unmute', [conversation.id])}>
                {t('action.unmute')}
              </button>
            </p>
          )}
          {conversation.omitted > 0 && <p className="px-5 pb-2 text-sm text-ink-3">{t('read.omitted', { n: conversation.omitted })}</p>}
          {foldedPieces(messages, folding.isOpen, folding.showAll).map((piece) =>
            piece.kind === 'hidden' ? (
              <div key="hidden" className="relative border-b border-line py-1.5 ps-5 max-sm:ps-4">
                <button type="button" onClick={folding.reveal} className="rounded-full border border-line-strong bg-surface px-3 py-1 text-xs font-medium text-ink-2 hover:bg-hover">
                  {t('read.hidden', { n: piece.messages.length })}
                </button>
              </div>
            ) : (
              <MessageCard
                key={piece.message.id}
                message={piece.message}
                open={folding.isOpen(piece.message.id)}
                foldable={messages.length > 1}
                onToggle={() => folding.toggle(piece.message.id)}
                onReply={(mode) => reply(mode, piece.message.id)}
                onStar={() => list.act(piece.message.starred ? 'unstar' : 'star', [conversation.id])}
                onMarkUnread={() => list.act('unread', [conversation.id])}
              />
            ),
          )}
          {answering && list.mode !== 'phone' ? <InlineCompose windowId={answering} /> : <ReplyBar several={others.size > 1} onReply={reply} />}
        </div>
      </div>
    </section>
  );
}

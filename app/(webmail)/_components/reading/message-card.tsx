'use client';
// One message of a conversation: a line when folded, header and content when open.
import { useRef, useState } from 'react';
import { Paperclip, PenLine } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { Avatar } from '../../../../components/ui/avatar.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import type { ReplyMode } from '../../../../server/web/contract/compose.ts';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { openCompose } from '../../_compose/compose-windows.ts';
import { useEmail } from '../../_data/use-conversation.ts';
import { nameOf } from '../list/participants.ts';
import { MessageBody } from './message-body.tsx';
import { MessageDetails } from './message-details.tsx';
import { MessageHeader } from './message-header.tsx';
import { printMessage } from './print-message.ts';

type Message = Conversation['messages'][number];

export interface MessageCardProps {
  message: Message;
  open: boolean;
  /** The newest of several, or the only one: cannot be folded when alone. */
  foldable: boolean;
  onToggle: () => void;
  onReply: (mode: ReplyMode) => void;
  onStar: () => void;
  onMarkUnread: () => void;
}

function BodySkeleton() {
  return (
    <div aria-hidden className="space-y-3 py-1">
      {['w-2/3', 'w-11/12', 'w-10/12', 'w-1/2'].map((width) => (
        <div key={width} className={cx('h-3 skeleton', width)} />
      ))}
    </div>
  );
}

function FoldedMessage({ message, onToggle }: { message: Message; onToggle: () => void }) {
  const t = useT();
  const format = useFormat();
  const from = message.from ?? { name: '', address: '' };
  return (
    <button type="button" aria-expanded={false} onClick={onToggle} className="focus-inset flex h-13 w-full items-center gap-3 rounded-lg px-5 text-start transition-colors hover:bg-hover max-sm:px-4">
      <Avatar name={from.name} address={from.address} className={message.draft ? 'opacity-60' : ''} />
      <span className={cx('w-36 shrink-0 truncate text-base max-sm:w-24', message.unread ? 'font-semibold' : 'text-ink')}>
        {message.draft ? <span className="text-danger">{t('read.draft')}</span> : <bdi>{nameOf(from)}</bdi>}
      </span>
      <span dir="auto" className="line-auto min-w-0 flex-1 truncate text-sm text-ink-3">
        {message.snippet}
      </span>
      {message.hasAttachments && <Paperclip aria-hidden className="size-3.5 shrink-0 text-ink-3" />}
      <time dateTime={message.date} className="shrink-0 text-xs text-ink-3 tnum">
        {format.listDate(message.date)}
      </time>
    </button>
  );
}

function OpenMessage(props: MessageCardProps) {
  const { message } = props;
  const t = useT();
  const [detailed, setDetailed] = useState(false);
  const card = useRef<HTMLDivElement>(null);
  const later = useEmail(message.id, message.content === null);
  const content = message.content ?? later.data?.content ?? null;
  return (
    <div ref={card} className="px-5 pt-4 pb-5 max-sm:px-4">
      <MessageHeader
        head={message}
        detailed={detailed}
        onToggleDetails={() => setDetailed((now) => !now)}
        onCollapse={() => props.foldable && props.onToggle()}
        onReply={props.onReply}
        onStar={props.onStar}
        onMarkUnread={props.onMarkUnread}
        onPrint={() => card.current && printMessage(card.current, message.subject)}
      />
      <div className="pt-3 sm:ps-13">
        {detailed && <MessageDetails head={message} content={content} />}
        {message.draft && (
          <Button size="sm" icon={<PenLine className="size-3.5" />} className="mb-4" onClick={() => openCompose({ kind: 'draft', emailId: message.id })}>
            {t('read.openDraft')}
          </Button>
        )}
        {content && <MessageBody head={message} content={content} />}
        {!content && !later.isError && <BodySkeleton />}
        {!content && later.isError && (
          <div role="alert" className="flex items-center gap-3 text-sm text-ink-2">
            {t('read.loadFailed')}
            <Button size="sm" onClick={() => void later.refetch()}>
              {t('app.retry')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Named for assistive technology by sender and date. */
export function MessageCard(props: MessageCardProps) {
  const { message, open } = props;
  const t = useT();
  const format = useFormat();
  const from = message.from ? nameOf(message.from) : t('list.noSender');
  return (
    <article aria-label={t('read.message', { from, date: format.fullDate(message.date) })} data-email-id={message.id} data-open={open} tabIndex={-1} className="border-b border-line outline-none last:border-b-0">
      {open ? <OpenMessage {...props} /> : <FoldedMessage message={message} onToggle={props.onToggle} />}
    </article>
  );
}

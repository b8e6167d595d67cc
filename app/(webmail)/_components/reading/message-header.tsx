'use client';
// The head of an opened message: who, to whom, when; star, reply, more.
import { lazy, Suspense, useState } from 'react';
import { ChevronDown, Code, Download, Ellipsis, Forward, ListFilter, Mail, Paperclip, Printer, Reply, ReplyAll, UserPlus } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { Avatar } from '../../../../components/ui/avatar.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../../components/ui/menu.tsx';
import { pathOf } from '../../../../server/web/contract/paths.ts';
import type { EmailHead } from '../../../../server/web/contract/message.ts';
import type { ReplyMode } from '../../../../server/web/contract/compose.ts';
import { useMe } from '../../_data/use-me.ts';
import { nameOf, shortName } from '../list/participants.ts';
import { StarButton } from '../list/star-button.tsx';

const FilterLike = lazy(() => withTexts(import('./filter-like.tsx'), 'filters'));
const ContactOfSender = lazy(() => withTexts(import('../../_contacts/contact-of-sender.tsx'), 'contacts'));

export interface MessageHeaderProps {
  head: EmailHead;
  detailed: boolean;
  onToggleDetails: () => void;
  onCollapse: () => void;
  onReply: (mode: ReplyMode) => void;
  onStar: () => void;
  onMarkUnread: () => void;
  onPrint: () => void;
}

function Recipients({ head }: { head: EmailHead }) {
  const t = useT();
  const me = useMe();
  const own = new Set(me?.identities.map((identity) => identity.address.toLowerCase()));
  const people = [...head.to, ...head.cc, ...head.bcc];
  const names = people.slice(0, 3).map((person) => (own.has(person.address.toLowerCase()) ? t('read.me') : people.length > 1 ? shortName(person) : nameOf(person)));
  if (people.length > 3) names.push(t('read.others', { n: people.length - 3 }));
  return (
    <>
      {t('read.to')} <bdi>{names.join(', ') || '—'}</bdi>
    </>
  );
}

function MessageMenu({ head, onReply, onMarkUnread, onPrint }: Pick<MessageHeaderProps, 'head' | 'onReply' | 'onMarkUnread' | 'onPrint'>) {
  const t = useT();
  const source = pathOf('emails.source', { emailId: head.id }).path;
  const label = t('read.more');
  const [asked, setAsked] = useState<'filter' | 'contact' | null>(null);
  return (
    <>
      <Menu label={label} placement="bottom-end" trigger={(props) => <IconButton {...props} label={label} icon={<Ellipsis className="size-4" />} />}>
        <MenuItem icon={<Reply />} keys="R" onSelect={() => onReply('reply')}>
          {t('action.reply')}
        </MenuItem>
        <MenuItem icon={<ReplyAll />} keys="A" onSelect={() => onReply('replyAll')}>
          {t('action.replyAll')}
        </MenuItem>
        <MenuItem icon={<Forward />} keys="F" onSelect={() => onReply('forward')}>
          {t('action.forward')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Mail />} onSelect={onMarkUnread}>
          {t('action.unread')}
        </MenuItem>
        <MenuItem icon={<Printer />} onSelect={onPrint}>
          {t('read.print')}
        </MenuItem>
        <MenuItem icon={<Code />} onSelect={() => window.open(source, '_blank', 'noopener')}>
          {t('read.source')}
        </MenuItem>
        <MenuItem icon={<Download />} onSelect={() => location.assign(`${source}?download=1`)}>
          {t('read.download')}
        </MenuItem>
        {head.from && (
          <MenuItem icon={<UserPlus />} onSelect={() => setAsked('contact')}>
            {t('read.contactOf')}
          </MenuItem>
        )}
        <MenuItem icon={<ListFilter />} onSelect={() => setAsked('filter')}>
          {t('read.filterLike')}
        </MenuItem>
      </Menu>
      <Suspense>
        {asked === 'filter' && <FilterLike head={head} onClose={() => setAsked(null)} />}
        {asked === 'contact' && head.from && <ContactOfSender person={head.from} onClose={() => setAsked(null)} />}
      </Suspense>
    </>
  );
}

/** Pressing the free space folds the message. */
export function MessageHeader(props: MessageHeaderProps) {
  const { head, detailed } = props;
  const t = useT();
  const format = useFormat();
  const from = head.from ?? { name: '', address: '' };
  const ago = format.ago(head.date);
  return (
    <header className="flex items-start gap-3">
      <Avatar name={from.name} address={from.address} size="lg" />
      <div className="min-w-0 flex-1 cursor-default" onClick={(event) => event.target === event.currentTarget && props.onCollapse()}>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <bdi className="truncate text-base font-semibold">{nameOf(from) || t('list.noSender')}</bdi>
          {from.name && <bdi className="truncate text-xs text-ink-3 max-sm:hidden">{from.address}</bdi>}
        </p>
        <button
          type="button"
          aria-expanded={detailed}
          data-tip={detailed ? t('read.hideDetails') : t('read.details')}
          aria-label={detailed ? t('read.hideDetails') : t('read.details')}
          onClick={props.onToggleDetails}
          className="-ms-1 flex max-w-full items-center gap-1 rounded-xs px-1 text-xs text-ink-2 hover:bg-hover"
        >
          <span className="truncate">
            <Recipients head={head} />
          </span>
          <ChevronDown aria-hidden className={cx('size-3.5 shrink-0 transition-transform', detailed && 'rotate-180')} />
        </button>
      </div>
      <div className="flex shrink-0 items-center gap-0.5">
        {head.hasAttachments && <Paperclip role="img" aria-label={t('list.hasAttachments')} className="size-3.5 text-ink-3" />}
        <time dateTime={head.date} title={format.fullDate(head.date)} className="ms-1 me-1.5 text-xs whitespace-nowrap text-ink-3 tnum">
          <span className="max-sm:hidden">{format.fullDate(head.date)}</span>
          <span className="sm:hidden">{format.listDate(head.date)}</span>
          {ago && <span className="hidden 2xl:inline"> ({ago})</span>}
        </time>
        <StarButton starred={head.starred} onToggle={props.onStar} className="size-8" />
        <IconButton label={t('action.reply')} keys="R" icon={<Reply className="size-4" />} onClick={() => props.onReply('reply')} className="max-sm:hidden" />
        <MessageMenu head={head} onReply={props.onReply} onMarkUnread={props.onMarkUnread} onPrint={props.onPrint} />
      </div>
    </header>
  );
}

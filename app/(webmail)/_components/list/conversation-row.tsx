'use client';
// One conversation in a list: stacked lines on phones and beside the reading pane, a single line on wide lists.
import { memo } from 'react';
import type { CSSProperties, MouseEvent } from 'react';
import { Paperclip, Reply } from 'lucide-react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { Avatar } from '../../../../components/ui/avatar.tsx';
import { Checkbox } from '../../../../components/ui/checkbox.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import type { ActionName, ConversationRow as Row, SpecialUse } from '../../../../server/web/contract/mailbox.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import type { View } from '../../_navigation/view.ts';
import { LabelChips } from '../labels/label-chips.tsx';
import { facePerson, rowNames } from './participants.ts';
import { RowActions } from './row-actions.tsx';
import { StarButton } from './star-button.tsx';

export interface ConversationRowProps {
  row: Row;
  to: View;
  use: SpecialUse | null;
  stacked: boolean;
  compact: boolean;
  selected: boolean;
  /** Something is ticked: checkboxes show on every row. */
  selecting: boolean;
  open: boolean;
  /** Holds the keyboard's place. */
  current: boolean;
  style: CSSProperties;
  onSelect: (id: string, range: boolean) => void;
  onAct: (id: string, action: ActionName) => void;
  onOpen: (row: Row, event: MouseEvent) => void;
  onHover: (id: string) => void;
}

function Marks({ row }: { row: Row }) {
  const t = useT();
  return (
    <>
      {row.answered && <Reply role="img" aria-label={t('list.answered')} className="size-3.5 shrink-0 text-ink-3" />}
      {row.hasAttachments && <Paperclip role="img" aria-label={t('list.hasAttachments')} className="size-3.5 shrink-0 text-ink-3" />}
    </>
  );
}

function Names({ row, use }: { row: Row; use: SpecialUse | null }) {
  const t = useT();
  const outgoing = use === 'sent' || use === 'drafts';
  const people = outgoing && row.recipients.length > 0 ? row.recipients : row.participants;
  const names = rowNames(people, t('list.me'), outgoing).join(', ') || t('list.noSender');
  return (
    <>
      <span className="truncate">
        <bdi>{outgoing ? t('list.to', { names }) : names}</bdi>
      </span>
      {row.messageCount > 1 && (
        <span className="shrink-0 text-xs font-normal text-ink-3 tnum" aria-label={t('list.messageCount', { n: row.messageCount })}>
          {row.messageCount}
        </span>
      )}
      {row.hasDraft && <span className="shrink-0 text-xs font-medium text-danger">{t('list.draft')}</span>}
    </>
  );
}

/** Where the message was found, in searches; that a reminder brought it back; the labels it carries. */
function Tags({ row }: { row: Row }) {
  const t = useT();
  const format = useFormat();
  return (
    <>
      {row.matchedFolderName && <span className="max-w-28 shrink-0 truncate rounded-xs bg-pressed px-1.5 text-2xs font-medium text-ink-2">{row.matchedFolderName}</span>}
      {row.unansweredSince && <span className="inline-flex shrink-0 items-center rounded-xs bg-warn-soft px-1.5 text-2xs font-medium text-warn">{t('list.unanswered', { when: format.listDate(row.unansweredSince) })}</span>}
      {row.labels.length > 0 && <LabelChips keywords={row.labels} />}
    </>
  );
}

function ConversationRowView(props: ConversationRowProps) {
  const { row, to, use, stacked, compact, selected, selecting, open, current, style } = props;
  const t = useT();
  const format = useFormat();
  const unread = row.unreadCount > 0;
  const face = facePerson((use === 'sent' || use === 'drafts') && row.recipients.length > 0 ? row.recipients : row.participants);
  const subject = row.subject || t('list.noSubject');
  const tabIndex = current ? 0 : -1;
  const time = (
    <time dateTime={row.snoozedUntil ?? row.latestAt} className={cx('shrink-0 text-xs tnum', unread ? 'font-semibold text-accent' : 'text-ink-3')}>
      {row.snoozedUntil ? (
        <>
          <span aria-hidden>{format.comingDate(row.snoozedUntil)}</span>
          <span className="sr-only">{t('list.snoozedUntil', { when: format.comingDate(row.snoozedUntil) })}</span>
        </>
      ) : (
        format.listDate(row.latestAt)
      )}
    </time>
  );

  return (
    <div
      role="listitem"
      data-conversation-id={row.id}
      data-unread={unread}
      data-starred={row.starred}
      style={style}
      onPointerEnter={() => props.onHover(row.id)}
      className={cx(
        'group/row absolute inset-x-0 top-0 h-(--row-h) border-b border-line/60 transition-[background-color]',
        selected ? 'bg-accent-soft' : open ? 'bg-accent-softer' : 'bg-surface hover:bg-sunken',
        current && !open && 'has-focus-visible:bg-sunken',
      )}
    >
      {open && <span aria-hidden className="absolute inset-y-0 start-0 w-0.75 bg-accent" />}
      <div className={cx('flex h-full ps-4 pe-3', stacked ? 'items-start gap-3 pt-2.5' : 'items-center gap-3')}>
        <span className={cx('relative z-10 inline-flex size-8 shrink-0 items-center justify-center', stacked && !compact && 'mt-0.5')}>
          <span className={cx('transition-opacity', selecting || selected ? 'opacity-0' : 'pointer-fine:group-hover/row:opacity-0 group-has-[input:focus-visible]/row:opacity-0')}>
            <Avatar name={face?.name ?? ''} address={face?.address ?? ''} className={cx(!stacked && compact && 'size-6 text-2xs')} />
          </span>
          <label className={cx('absolute -inset-2 flex cursor-pointer items-center justify-center', selecting || selected ? '' : 'opacity-0 has-focus-visible:opacity-100 pointer-fine:group-hover/row:opacity-100')}>
            <Checkbox
              aria-label={t('list.select', { subject })}
              tabIndex={tabIndex}
              checked={selected}
              onChange={(event) => props.onSelect(row.id, (event.nativeEvent as globalThis.MouseEvent).shiftKey)}
            />
          </label>
        </span>

        <ViewLink
          to={to}
          tabIndex={tabIndex}
          data-row-link
          aria-current={open ? 'true' : undefined}
          onClick={(event) => props.onOpen(row, event)}
          className={cx('flex min-w-0 flex-1 outline-none! after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent', stacked ? 'flex-col' : 'h-full items-center gap-3')}
        >
          {unread && <span className="sr-only">{t('list.unread')}</span>}
          <span className={cx('flex min-w-0 items-center gap-1.5', stacked ? 'text-base' : 'w-44 shrink-0 text-base xl:w-52', unread ? 'font-semibold text-ink' : 'text-ink')}>
            <Names row={row} use={use} />
            {stacked && <span className="ms-auto flex items-center gap-2 ps-2">{time}</span>}
          </span>
          {stacked ? (
            <>
              <span className={cx('flex items-center gap-1.5 pe-7 text-sm', unread ? 'font-medium text-ink' : 'text-ink-2')}>
                <span dir="auto" className="line-auto min-w-0 flex-1 truncate">
                  {subject}
                </span>
                <Tags row={row} />
                <Marks row={row} />
              </span>
              {!compact && (
                <span className="pe-8 text-sm text-ink-3">
                  <span dir="auto" className="line-auto block truncate">
                    {row.snippet || ' '}
                  </span>
                </span>
              )}
            </>
          ) : (
            <span className="flex min-w-0 flex-1 items-center gap-2 text-base">
              <Tags row={row} />
              <span dir="auto" className="line-auto min-w-0 flex-1 truncate text-ink-3">
                <bdi className={unread ? 'font-medium text-ink' : 'text-ink-2'}>{subject}</bdi>
                {row.snippet && <bdi className="text-sm"> — {row.snippet}</bdi>}
              </span>
              <Marks row={row} />
              <span className="min-w-20 text-end">{time}</span>
            </span>
          )}
        </ViewLink>

        <span className={cx('z-10 flex items-center', stacked ? cx('absolute end-2', compact ? 'bottom-1.5' : 'bottom-2') : '')}>
          <span
            className={cx(
              'hidden items-center rounded-md group-focus-within/row:group-has-[:focus-visible]/row:flex pointer-fine:group-hover/row:flex',
              !stacked && 'absolute end-12 ps-3',
              selected ? 'bg-accent-soft' : open ? 'bg-accent-softer' : 'bg-sunken',
            )}
          >
            <RowActions unread={unread} use={use} tabIndex={tabIndex} onAct={(action) => props.onAct(row.id, action)} />
          </span>
          <StarButton starred={row.starred} tabIndex={tabIndex} onToggle={() => props.onAct(row.id, row.starred ? 'unstar' : 'star')} />
        </span>
      </div>
    </div>
  );
}

/** Drawn again only when what it shows changes: lists hold hundreds. */
export const ConversationRow = memo(
  ConversationRowView,
  (before, after) =>
    before.row === after.row &&
    before.style.transform === after.style.transform &&
    before.selected === after.selected &&
    before.selecting === after.selecting &&
    before.open === after.open &&
    before.current === after.current &&
    before.stacked === after.stacked &&
    before.compact === after.compact &&
    before.onOpen === after.onOpen &&
    before.onAct === after.onAct &&
    before.onSelect === after.onSelect,
);

'use client';
// The scrolling list of contacts: only the rows in sight exist; more load before the end is reached.
import { useEffect, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Checkbox } from '../../../components/ui/checkbox.tsx';
import { cx } from '../../../components/ui/cx.ts';
import type { ContactRow } from '../../../server/web/contract/contacts.ts';
import { ContactAvatar } from './contact-avatar.tsx';

const ROW_PX = 56;
const LOAD_AHEAD = 20;

export interface ContactRowsProps {
  rows: readonly ContactRow[];
  selected: ReadonlySet<string>;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
  hasMore: boolean;
  onMore: () => void;
}

function Row({ row, selected, selecting, onSelect, onOpen, top }: { row: ContactRow; selected: boolean; selecting: boolean; onSelect: () => void; onOpen: () => void; top: number }) {
  const t = useT();
  return (
    <li className={cx('group absolute inset-x-0 flex h-14 items-center gap-3 border-b border-line/60 px-4 hover:bg-sunken', selected && 'bg-accent-soft')} style={{ transform: `translateY(${top}px)` }}>
      <label className="relative inline-flex size-8 shrink-0 cursor-pointer items-center justify-center">
        <span className={cx('absolute inset-0 transition-opacity group-hover:opacity-0 group-focus-within:opacity-0', selecting && 'opacity-0')}>
          <ContactAvatar {...row} />
        </span>
        <Checkbox aria-label={t('contacts.selectOne', { name: row.name })} checked={selected} onChange={onSelect} className={cx('opacity-0 group-hover:opacity-100 group-focus-within:opacity-100', selecting && 'opacity-100')} />
      </label>
      <button type="button" onClick={onOpen} className="grid h-full min-w-0 flex-1 content-center rounded-sm text-start md:grid-cols-[minmax(0,3fr)_minmax(0,4fr)_minmax(0,2fr)_minmax(0,3fr)] md:items-center md:gap-4">
        <bdi className="truncate text-base font-medium">{row.name}</bdi>
        <span className="truncate text-sm text-ink-2 max-md:text-xs max-md:text-ink-3">
          {row.address || <span className="md:hidden">{row.phone || row.organization}</span>}
          {row.addresses > 1 && <span className="text-ink-3"> +{row.addresses - 1}</span>}
        </span>
        <span dir="ltr" className="truncate text-sm text-ink-2 max-md:hidden">
          {row.phone}
        </span>
        <span className="truncate text-sm text-ink-3 max-md:hidden">{row.organization}</span>
      </button>
    </li>
  );
}

/** Needs at least one row. */
export function ContactRows({ rows, selected, onSelect, onOpen, hasMore, onMore }: ContactRowsProps) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, getItemKey: (index) => rows[index]?.id ?? index, overscan: 8 });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - LOAD_AHEAD) onMore();
  }, [hasMore, onMore, lastShown, rows.length]);
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <ul aria-label={t('contacts.title')} className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row && <Row key={row.id} row={row} top={item.start} selected={selected.has(row.id)} selecting={selected.size > 0} onSelect={() => onSelect(row.id)} onOpen={() => onOpen(row.id)} />;
        })}
      </ul>
    </div>
  );
}

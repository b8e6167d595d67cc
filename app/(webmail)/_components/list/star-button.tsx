'use client';
// The star of a conversation or message.
import { Star } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';

/** A toggle: pressed when starred. */
export function StarButton({ starred, onToggle, tabIndex, className }: { starred: boolean; onToggle: () => void; tabIndex?: number; className?: string }) {
  const t = useT();
  const label = starred ? t('action.unstar') : t('action.star');
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={starred}
      data-tip={label}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
      className={cx('inline-flex size-7 shrink-0 items-center justify-center rounded-sm transition-colors hover:bg-hover', starred ? 'text-star' : 'text-ink-3/70 hover:text-ink-2', className)}
    >
      <Star aria-hidden className={cx('size-4', starred && 'fill-current')} />
    </button>
  );
}

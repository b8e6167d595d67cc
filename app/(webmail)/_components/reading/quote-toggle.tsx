'use client';
// The three dots that unfold quoted text.
import { Ellipsis } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';

/** Says what it will do next. */
export function QuoteToggle({ shown, onToggle }: { shown: boolean; onToggle: () => void }) {
  const t = useT();
  const label = shown ? t('read.hideQuoted') : t('read.showQuoted');
  return (
    <button type="button" aria-label={label} aria-expanded={shown} data-tip={label} onClick={onToggle} className="inline-flex h-5 w-9 items-center justify-center rounded-full bg-pressed text-ink-2 transition-colors hover:bg-line-strong hover:text-ink">
      <Ellipsis aria-hidden className="size-4" />
    </button>
  );
}

'use client';
// One press to narrow a search down: puts an operator into the query, or takes it out.
import { lazy, Suspense } from 'react';
import { Check } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { cx } from '../../../../components/ui/cx.ts';
import { navigate } from '../../_navigation/use-view.ts';
import type { View } from '../../_navigation/view.ts';
import { afterToken, hasToken, toggleToken } from './search-operators.ts';

const SaveSearch = lazy(() => withTexts(import('./save-search.tsx'), 'savedSearches').then((module) => ({ default: module.SaveSearch })));

/** Below the header of a results list. */
export function SearchChips({ view }: { view: Extract<View, { kind: 'search' }> }) {
  const t = useT();
  const chips = [
    { token: 'has:attachment', label: t('search.chip.attachment') },
    { token: 'is:unread', label: t('search.chip.unread') },
    { token: 'is:starred', label: t('search.chip.starred') },
    { token: afterToken(7, new Date()), label: t('search.chip.week') },
  ];
  return (
    <div role="group" aria-label={t('search.filters')} className="flex gap-1.5 overflow-x-auto px-4 pb-2.5 [scrollbar-width:none]">
      {chips.map(({ token, label }) => {
        const on = hasToken(view.q, token);
        return (
          <button
            key={token}
            type="button"
            aria-pressed={on}
            onClick={() => navigate({ ...view, q: toggleToken(view.q, token), conversationId: null }, 'replace')}
            className={cx('inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium transition-colors', on ? 'border-accent-line bg-accent-soft text-accent-strong' : 'border-line-strong text-ink-2 hover:bg-hover')}
          >
            {on && <Check aria-hidden className="size-3.5" />}
            {label}
          </button>
        );
      })}
      <Suspense>
        <SaveSearch q={view.q} />
      </Suspense>
    </div>
  );
}

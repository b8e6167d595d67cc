'use client';
// What happens to arriving mail: filters, automatic reply, forwarding.
import { useState } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import type { MailFilter } from '../../../../../server/web/contract/filters.ts';
import { VerifyDialog } from '../security/verify-dialog.tsx';
import FilterDialog from './filter-dialog.tsx';
import { draftOf, EMPTY_DRAFT, type FilterDraft } from './filter-draft.ts';
import { FilterLine } from './filter-line.tsx';
import { ForwardingSettings } from './forwarding-settings.tsx';
import { useFilterChange, useFilters } from './use-filters.ts';
import { VacationSettings } from './vacation-settings.tsx';

/** The ids with one of them moved by a place. */
function moved(items: readonly MailFilter[], index: number, by: -1 | 1): string[] {
  const ids = items.map(({ id }) => id);
  ids.splice(index + by, 0, ...ids.splice(index, 1));
  return ids;
}

export default function FiltersSection() {
  const t = useT();
  const list = useFilters();
  const [draft, setDraft] = useState<FilterDraft | null>(null);
  const order = useFilterChange((ids: string[]) => api('filters.order', { body: { ids } }));
  const items = list.data?.items ?? [];
  return (
    <>
      <p className="-mt-4 mb-4 max-w-prose text-sm text-ink-3">{t('filters.intro')}</p>
      <section className="border-b border-line pb-5">
        {list.isPending && <div aria-hidden className="h-24 skeleton" />}
        {list.isError && (
          <div role="alert" className="flex items-center gap-3 text-sm">
            {t('error.load')}
            <Button size="sm" onClick={() => void list.refetch()}>
              {t('app.retry')}
            </Button>
          </div>
        )}
        {list.data && items.length === 0 && <p className="text-sm text-ink-3">{t('filters.none')}</p>}
        <ol>
          {items.map((filter, index) => (
            <FilterLine
              key={filter.id}
              filter={filter}
              first={index === 0}
              last={index === items.length - 1}
              onEdit={() => setDraft(draftOf(filter))}
              onMove={(by) => order.mutate(moved(items, index, by))}
            />
          ))}
        </ol>
        <Button size="sm" className="mt-3" onClick={() => setDraft(EMPTY_DRAFT)}>
          {t('filters.new')}
        </Button>
      </section>
      <VacationSettings />
      <ForwardingSettings />
      {draft && <FilterDialog initial={draft} onClose={() => setDraft(null)} />}
      <VerifyDialog />
    </>
  );
}

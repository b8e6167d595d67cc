'use client';
// Writing a filter: fields, a try on the mail that is here, saving, and applying it to that mail.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { Dialog } from '../../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import type { FilterBody, FilterPreview } from '../../../../../server/web/contract/filters.ts';
import { keys } from '../../../_data/keys.ts';
import { showToast } from '../../../_state/toasts.ts';
import { bodyOf, conditionsOf, type FilterDraft } from './filter-draft.ts';
import { ActionFields, ConditionFields } from './filter-fields.tsx';
import { useFilterChange } from './use-filters.ts';

const RUN_TIMEOUT_MS = 120_000;

function Preview({ preview }: { preview: FilterPreview }) {
  const t = useT();
  const format = useFormat();
  return (
    <div role="status" className="mt-3">
      <p className="text-sm font-medium">{t('filters.found', { n: preview.count, capped: preview.capped })}</p>
      <ul className="mt-1 max-h-40 overflow-y-auto rounded-md border border-line empty:hidden">
        {preview.items.map((item) => (
          <li key={item.id} className="flex gap-3 border-b border-line px-3 py-1.5 text-sm last:border-0">
            <span className="w-28 shrink-0 truncate text-ink-2">{item.from.name || item.from.address}</span>
            <span dir="auto" className="line-auto min-w-0 flex-1 truncate">
              {item.subject}
            </span>
            <span className="shrink-0 text-ink-3">{format.listDate(item.date)}</span>
          </li>
        ))}
        {preview.count > preview.items.length && <li className="px-3 py-1.5 text-sm text-ink-3">{t('filters.more')}</li>}
      </ul>
    </div>
  );
}

/** `title` names the dialog; the draft is where it starts. */
export default function FilterDialog({ initial, title, onClose }: { initial: FilterDraft; title?: string; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const [alsoRun, setAlsoRun] = useState(false);
  const [incomplete, setIncomplete] = useState(false);
  const tryOut = useMutation({ mutationFn: (conditions: FilterBody['conditions']) => api('filters.preview', { body: { conditions } }) });
  const change = (part: Partial<FilterDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    setIncomplete(false);
    tryOut.reset();
  };
  const save = useFilterChange(async (body: FilterBody) => {
    const list = draft.id === null ? await api('filters.create', { body }) : await api('filters.update', { params: { filterId: draft.id }, body });
    if (alsoRun) {
      const { done, failed, left } = await api('filters.run', { body: { conditions: body.conditions, actions: body.actions } }, { timeoutMs: RUN_TIMEOUT_MS });
      showToast({ text: [t('filters.ran', { done, failed }), left ? t('filters.ranLeft') : ''].filter(Boolean).join('. ') });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.folders });
    } else showToast({ text: t('filters.saved') });
    return list;
  }, onClose);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = bodyOf(draft);
    if (body) save.mutate(body);
    else setIncomplete(true);
  };
  const conditions = conditionsOf(draft);

  return (
    <Dialog title={title ?? t(draft.id === null ? 'filters.new' : 'filters.editTitle')} closeLabel={t('app.close')} onClose={onClose} size="lg">
      <form onSubmit={submit} noValidate>
        <ConditionFields draft={draft} onChange={change} />
        <div className="mt-4">
          <Button size="sm" disabled={!conditions} busy={tryOut.isPending} onClick={() => conditions && tryOut.mutate(conditions)}>
            {t('filters.try')}
          </Button>
          {tryOut.data && <Preview preview={tryOut.data} />}
          {tryOut.error && (
            <p role="alert" className="mt-2 text-sm text-danger">
              {tryOut.error.message}
            </p>
          )}
        </div>
        <ActionFields draft={draft} onChange={change} />
        <label className="mt-4 flex cursor-pointer items-center gap-2.5 text-sm">
          <Checkbox checked={alsoRun} onChange={(event) => setAlsoRun(event.target.checked)} />
          {t('filters.alsoRun')}
        </label>
        <TextField label={t('filters.name')} hint={t('filters.nameHint')} value={draft.name} maxLength={200} onChange={(event) => change({ name: event.target.value })} className="mt-5 sm:max-w-72" />
        {incomplete && (
          <p role="alert" className="mt-4 text-sm text-danger">
            {t('filters.incomplete')}
          </p>
        )}
        <div className="mt-6 flex justify-end gap-2">
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            {t('filters.saveButton')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

'use client';
// The automatic reply.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import type { Vacation } from '../../../../../server/web/contract/filters.ts';
import { showToast } from '../../../_state/toasts.ts';
import { SettingRow } from '../setting-row.tsx';

const KEY = ['vacation'] as const;

function VacationForm({ saved }: { saved: Vacation }) {
  const t = useT();
  const client = useQueryClient();
  const [form, setForm] = useState(saved);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const change = (part: Partial<Vacation>) => setForm((now) => ({ ...now, ...part }));
  const save = useMutation({
    mutationFn: () => api('vacation.update', { body: form }),
    onSuccess: (vacation) => {
      client.setQueryData(KEY, vacation);
      setFaults({});
      showToast({ text: t('vacation.saved') });
    },
    onError: (error) => {
      const fields = error instanceof ApiError ? Object.fromEntries(error.fields.map(({ field, rule }) => [field, rule])) : {};
      setFaults(fields);
      if (Object.keys(fields).length === 0) showToast({ tone: 'error', text: t('done.failed', { message: error.message }) });
    },
  });
  return (
    <form
      noValidate
      className="max-w-md space-y-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label className="flex cursor-pointer items-center gap-2.5 text-base">
        <Checkbox checked={form.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
        {t('vacation.enabled')}
      </label>
      <div className="flex flex-wrap gap-4">
        <TextField label={t('vacation.first')} type="date" value={form.firstDay ?? ''} error={faults['firstDay']} onChange={(event) => change({ firstDay: event.target.value || null })} className="flex-1" />
        <TextField label={t('vacation.last')} type="date" value={form.lastDay ?? ''} error={faults['lastDay']} onChange={(event) => change({ lastDay: event.target.value || null })} className="flex-1" />
      </div>
      <TextField label={t('vacation.subject')} hint={t('vacation.subjectHint')} value={form.subject} maxLength={200} onChange={(event) => change({ subject: event.target.value })} />
      <label className="block text-sm font-medium">
        <span className="mb-1.5 block">{t('vacation.text')}</span>
        <textarea value={form.text} rows={5} maxLength={20_000} aria-invalid={faults['text'] ? true : undefined} onChange={(event) => change({ text: event.target.value })} className="field w-full rounded-md border border-control bg-surface px-3 py-2 text-base font-normal" />
        {faults['text'] && (
          <span role="alert" className="text-xs text-danger">
            {faults['text']}
          </span>
        )}
      </label>
      <Button type="submit" busy={save.isPending}>
        {t('app.save')}
      </Button>
    </form>
  );
}

export function VacationSettings() {
  const t = useT();
  const vacation = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api('vacation.get', {}, { signal }) });
  return (
    <SettingRow title={t('vacation.title')} hint={t('vacation.hint')}>
      {vacation.isPending && <div aria-hidden className="h-40 skeleton" />}
      {vacation.isError && <p role="alert">{t('error.load')}</p>}
      {vacation.data && <VacationForm saved={vacation.data} />}
    </SettingRow>
  );
}

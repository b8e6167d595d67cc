'use client';
// The fields of a filter: what it looks for, what it does.
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { useFolders } from '../../../_data/use-folders.ts';
import { useLabels } from '../../../_data/use-labels.ts';
import type { FilterDraft } from './filter-draft.ts';

type Change = (part: Partial<FilterDraft>) => void;

const TEXTS = ['from', 'to', 'subject', 'listId'] as const;
const ACTIONS = ['markRead', 'star', 'neverSpam'] as const;

export function ConditionFields({ draft, onChange }: { draft: FilterDraft; onChange: Change }) {
  const t = useT();
  return (
    <fieldset>
      <legend className="mb-3 text-base font-medium">{t('filters.when')}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        {TEXTS.map((name) => (
          <TextField key={name} label={t(`filters.${name}`)} value={draft[name]} maxLength={255} autoComplete="off" onChange={(event) => onChange({ [name]: event.target.value })} />
        ))}
        <TextField label={t('filters.larger')} value={draft.largerThanMb} inputMode="decimal" maxLength={6} autoComplete="off" onChange={(event) => onChange({ largerThanMb: event.target.value })} />
        <label className="flex cursor-pointer items-center gap-2.5 self-end pb-2.5 text-sm">
          <Checkbox checked={draft.hasAttachment} onChange={(event) => onChange({ hasAttachment: event.target.checked })} />
          {t('filters.hasAttachment')}
        </label>
      </div>
    </fieldset>
  );
}

export function ActionFields({ draft, onChange }: { draft: FilterDraft; onChange: Change }) {
  const t = useT();
  const { folders } = useFolders();
  const { labels } = useLabels();
  const targets = (folders ?? []).filter((folder) => !['inbox', 'drafts', 'sent'].includes(folder.specialUse ?? ''));
  return (
    <fieldset className="mt-6">
      <legend className="mb-3 text-base font-medium">{t('filters.then')}</legend>
      <div className="flex flex-col gap-3">
        <label className="block text-sm font-medium">
          <span className="mb-1.5 block">{t('filters.moveTo')}</span>
          <select value={draft.moveTo} onChange={(event) => onChange({ moveTo: event.target.value })} className="field h-10 w-full rounded-md border border-control bg-surface px-3 text-base font-normal sm:max-w-72">
            <option value="">{t('filters.stay')}</option>
            {targets.map((folder) => (
              <option key={folder.id} value={folder.id}>
                {folder.specialUse ? folder.label : folder.path}
              </option>
            ))}
          </select>
        </label>
        {labels && labels.length > 0 && (
          <label className="block text-sm font-medium">
            <span className="mb-1.5 block">{t('filters.label')}</span>
            <select value={draft.label} onChange={(event) => onChange({ label: event.target.value })} className="field h-10 w-full rounded-md border border-control bg-surface px-3 text-base font-normal sm:max-w-72">
              <option value="">{t('filters.noLabel')}</option>
              {labels.map((label) => (
                <option key={label.id} value={label.id}>
                  {label.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          {ACTIONS.map((name) => (
            <label key={name} className="flex cursor-pointer items-center gap-2.5 text-sm">
              <Checkbox checked={draft[name]} onChange={(event) => onChange({ [name]: event.target.checked })} />
              {t(`filters.${name}`)}
            </label>
          ))}
        </div>
      </div>
    </fieldset>
  );
}

'use client';
// The fields of a contact's form.
import { useRef, useState } from 'react';
import { Plus, X } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import { ContactAvatar } from './contact-avatar.tsx';
import { emptyRow } from './contact-draft.ts';
import type { ContactDraft, LabelledRow } from './contact-draft.ts';
import { shrinkPicture } from './shrink-picture.ts';

export interface FieldsProps {
  draft: ContactDraft;
  onChange: (part: Partial<ContactDraft>) => void;
}

interface RowsProps {
  title: string;
  addLabel: string;
  nameOf: (n: number) => string;
  rows: readonly LabelledRow[];
  onChange: (rows: LabelledRow[]) => void;
  type: 'email' | 'tel';
  faults: Record<number, string>;
}

/** Rows of a value and its kind. Empty ones are left out when saved. */
export function LabelledRows({ title, addLabel, nameOf, rows, onChange, type, faults }: RowsProps) {
  const t = useT();
  const change = (key: number, part: Partial<LabelledRow>) => onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">{title}</legend>
      <ul className="space-y-2">
        {rows.map((row, index) => (
          <li key={row.key}>
            <div className="flex items-center gap-2">
              <input
                aria-label={nameOf(index + 1)}
                aria-invalid={faults[index] ? true : undefined}
                type={type === 'tel' ? 'tel' : 'text'}
                inputMode={type}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                dir="ltr"
                value={row.value}
                maxLength={type === 'tel' ? 100 : 320}
                onChange={(event) => change(row.key, { value: event.target.value })}
                className="field h-10 min-w-0 flex-1 rounded-md border border-control bg-surface px-3 text-base"
              />
              <input
                aria-label={t('contact.label', { of: nameOf(index + 1) })}
                placeholder={t('contact.labelHint')}
                value={row.label}
                maxLength={60}
                list="contact-labels"
                onChange={(event) => change(row.key, { label: event.target.value })}
                className="field h-10 w-24 min-w-0 rounded-md sm:w-28 border border-control bg-surface px-3 text-base"
              />
              <IconButton label={t('contact.remove', { what: nameOf(index + 1) })} icon={<X className="size-4" />} onClick={() => onChange(rows.length > 1 ? rows.filter((other) => other.key !== row.key) : [emptyRow()])} />
            </div>
            {faults[index] && (
              <p role="alert" className="mt-1 text-xs text-danger">
                {faults[index]}
              </p>
            )}
          </li>
        ))}
      </ul>
      <Button variant="ghost" size="sm" icon={<Plus className="size-3.5" />} className="mt-1.5 -ms-2" onClick={() => onChange([...rows, emptyRow()])}>
        {addLabel}
      </Button>
    </fieldset>
  );
}

/** Names, organisation and title. */
export function NameFields({ draft, onChange }: FieldsProps) {
  const t = useT();
  const derived = [draft.given, draft.family].filter(Boolean).join(' ');
  const field = (name: 'given' | 'family' | 'organization' | 'title', label: string, autofocus = false) => (
    <TextField label={label} value={draft[name]} maxLength={200} autoComplete="off" {...(autofocus && { 'data-autofocus': '' })} onChange={(event) => onChange({ [name]: event.target.value })} />
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {field('given', t('contact.given'), true)}
      {field('family', t('contact.family'))}
      <TextField label={t('contact.name')} value={draft.name} placeholder={derived} maxLength={300} autoComplete="off" onChange={(event) => onChange({ name: event.target.value })} className="sm:col-span-2" />
      {field('organization', t('contact.organization'))}
      {field('title', t('contact.jobTitle'))}
    </div>
  );
}

/** The picture, with its own buttons. */
export function PhotoField({ draft, onChange }: FieldsProps) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const [bad, setBad] = useState(false);
  const shown = draft.photo === undefined ? draft.hasPhoto : draft.photo !== null;
  const name = draft.name || [draft.given, draft.family].filter(Boolean).join(' ');
  const take = async (file: File | undefined) => {
    if (!file) return;
    const photo = await shrinkPicture(file);
    setBad(photo === null);
    if (photo) onChange({ photo });
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      {draft.photo ? (
        <img src={`data:${draft.photo.contentType};base64,${draft.photo.base64}`} alt="" className="size-10 rounded-full object-cover" />
      ) : (
        <ContactAvatar id={draft.id ?? ''} hasPhoto={shown && draft.id !== null} name={name} address={draft.addresses[0]?.value ?? ''} size="lg" />
      )}
      <input ref={input} type="file" accept="image/*" aria-label={t('contact.photo')} className="sr-only" tabIndex={-1} onChange={(event) => void take(event.target.files?.[0])} />
      <Button size="sm" onClick={() => input.current?.click()}>
        {t('contact.choosePhoto')}
      </Button>
      {shown && (
        <Button size="sm" variant="ghost" onClick={() => onChange({ photo: null })}>
          {t('contact.removePhoto')}
        </Button>
      )}
      {bad && (
        <p role="alert" className="w-full text-sm text-danger">
          {t('contact.badPhoto')}
        </p>
      )}
    </div>
  );
}

'use client';
// Makes a label, or changes one's name, colour and place.
import { useId, useState } from 'react';
import { Check } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import type { LabelColor } from '../../../../server/web/contract/labels.ts';
import { useLabelChanges, useLabels } from '../../_data/use-labels.ts';
import type { ShownLabel } from '../../_data/use-labels.ts';

const COLORS: readonly LabelColor[] = ['red', 'orange', 'amber', 'green', 'teal', 'blue', 'indigo', 'violet', 'pink', 'brown', 'grey'];

function ColorChoice({ value, onChange }: { value: LabelColor; onChange: (color: LabelColor) => void }) {
  const t = useT();
  const id = useId();
  return (
    <fieldset className="mt-4">
      <legend className="mb-1.5 text-sm font-medium text-ink">{t('labels.color')}</legend>
      <div className="flex flex-wrap gap-1.5">
        {COLORS.map((color) => (
          <label key={color} data-tip={t(`labels.color.${color}`)} className="relative inline-flex size-7 cursor-pointer items-center justify-center rounded-full has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
            <input type="radio" name={id} className="peer sr-only" aria-label={t(`labels.color.${color}`)} checked={value === color} onChange={() => onChange(color)} />
            <span aria-hidden data-label={color} className="label-dot size-6 rounded-full" />
            <Check aria-hidden strokeWidth={3} className="absolute size-3.5 text-surface opacity-0 peer-checked:opacity-100" />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export type LabelDialogProps = ({ label: ShownLabel; within?: undefined } | { label?: undefined; within: string }) & { onClose: () => void };

/** With `label` it changes that one; else it makes one within `within` ('' for none). The server's reason stands at the name. */
export function LabelDialog({ label, within, onClose }: LabelDialogProps) {
  const t = useT();
  const { labels } = useLabels();
  const { create, update } = useLabelChanges();
  const own = label?.name ?? '';
  const [parent, setParent] = useState(label ? own.slice(0, -label.label.length).replace(/\/$/, '') : (within ?? ''));
  const [name, setName] = useState(label?.label ?? '');
  const [color, setColor] = useState<LabelColor>(label?.color ?? COLORS[(labels?.length ?? 0) % COLORS.length]!);
  const error = create.error ?? update.error;
  // A label cannot go into itself, nor into those within it.
  const parents = (labels ?? []).filter((each) => !label || (each.id !== label.id && !each.name.startsWith(`${own}/`)));

  const submit = () => {
    const wanted = name.trim();
    if (wanted === '') return;
    const full = parent ? `${parent}/${wanted}` : wanted;
    if (label) update.mutate({ id: label.id, name: full, color }, { onSuccess: onClose });
    else create.mutate({ name: full, color }, { onSuccess: onClose });
  };

  return (
    <Dialog title={label ? t('labels.edit') : t('labels.new')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField label={t('labels.name')} value={name} onChange={(event) => setName(event.target.value)} error={error?.message} maxLength={80} autoFocus autoComplete="off" />
        <label className="mt-4 block">
          <span className="mb-1.5 block text-sm font-medium text-ink">{t('labels.within')}</span>
          <select value={parent} onChange={(event) => setParent(event.target.value)} className="field h-10 w-full rounded-md border border-control bg-surface px-3 text-base text-ink">
            <option value="">{t('labels.top')}</option>
            {parents.map((each) => (
              <option key={each.id} value={each.name}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
        <ColorChoice value={color} onChange={setColor} />
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" variant="primary" busy={create.isPending || update.isPending}>
            {label ? t('app.save') : t('app.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

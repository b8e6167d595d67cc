'use client';
// Asks for the day and time at which a message leaves.
import { useState } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import { toLocalInput } from '../../../components/format/local-time.ts';
import { checkTime, presets } from './schedule-times.ts';

export interface ScheduleDialogProps {
  /** What the field begins with; tomorrow morning when absent. */
  at?: Date;
  onClose: () => void;
  onPick: (at: Date) => void;
}

/** Presets and any other time. */
export function ScheduleDialog({ at, onClose, onPick }: ScheduleDialogProps) {
  const t = useT();
  const format = useFormat();
  const [now] = useState(() => new Date());
  const [offered] = useState(() => presets(now));
  const [text, setText] = useState(() => toLocalInput(at ?? offered.find((each) => each.name === 'tomorrowMorning')?.at ?? now));
  const [asked, setAsked] = useState(false);
  const check = checkTime(text, new Date());
  const pick = (when: Date) => {
    onClose();
    onPick(when);
  };
  return (
    <Dialog title={t('schedule.title')} closeLabel={t('app.close')} onClose={onClose} size="sm">
      <ul className="mb-4 overflow-hidden rounded-lg border border-line">
        {offered.map((preset) => (
          <li key={preset.name} className="border-b border-line last:border-0">
            <button type="button" onClick={() => pick(preset.at)} className="flex h-11 w-full items-center justify-between gap-3 px-3.5 text-start text-sm hover:bg-hover">
              <span className="font-medium">{t(`schedule.${preset.name}`)}</span>
              <span className="text-ink-3 tnum">{format.fullDate(preset.at.toISOString())}</span>
            </button>
          </li>
        ))}
      </ul>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (check.kind === 'ok') pick(check.at);
        }}
        className="space-y-4"
      >
        <TextField
          type="datetime-local"
          label={t('schedule.pick')}
          value={text}
          min={toLocalInput(now)}
          error={asked && check.kind !== 'ok' ? t(`schedule.${check.kind}`) : undefined}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex justify-end">
          <Button type="submit" variant="primary">
            {t('schedule.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

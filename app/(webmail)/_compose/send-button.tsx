'use client';
// "Send", and beside it when else a message may leave.
import { useState } from 'react';
import { CalendarClock, ChevronDown, Send } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { presets } from './schedule-times.ts';

function Times({ onPick, onOther }: { onPick: (at: Date) => void; onOther: () => void }) {
  const t = useT();
  const format = useFormat();
  const [offered] = useState(() => presets(new Date()));
  return (
    <>
      <MenuHeading>{t('schedule.title')}</MenuHeading>
      {offered.map((preset) => (
        <MenuItem key={preset.name} keys={format.time(preset.at)} onSelect={() => onPick(preset.at)}>
          {t(`schedule.${preset.name}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<CalendarClock />} onSelect={onOther}>
        {t('schedule.other')}
      </MenuItem>
    </>
  );
}

/** `onSend` with a time leaves then. */
export function SendButton({ sending, onSend }: { sending: boolean; onSend: (at?: Date) => void }) {
  const t = useT();
  const [picking, setPicking] = useState(false);
  return (
    <span className="me-2 inline-flex">
      <Button variant="primary" icon={<Send className="size-4 rtl:-scale-x-100" />} busy={sending} data-tip={t('compose.send')} data-tip-keys="Ctrl Enter" onClick={() => onSend()} className="rounded-e-none">
        {t('compose.send')}
      </Button>
      <Menu
        label={t('schedule.menu')}
        placement="top-start"
        className="min-w-64"
        trigger={(props) => (
          <button
            {...props}
            type="button"
            aria-label={t('schedule.menu')}
            data-tip={t('schedule.menu')}
            disabled={sending}
            className="inline-flex h-9 w-8 items-center justify-center rounded-e-md border-s border-on-accent/25 bg-accent text-on-accent shadow-1 transition-colors hover:bg-accent-strong disabled:opacity-55"
          >
            <ChevronDown aria-hidden className="size-4" />
          </button>
        )}
      >
        <Times onPick={onSend} onOther={() => setPicking(true)} />
      </Menu>
      {picking && <ScheduleDialog onClose={() => setPicking(false)} onPick={onSend} />}
    </span>
  );
}

'use client';
// Whether the message comes back to the inbox when nobody answers it.
import { BellRing } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../../components/ui/menu.tsx';

const CHOICES = [1, 3, 7, 14] as const;

/** `days` after the message has left; null: never. */
export function RemindMenu({ days, onPick }: { days: number | null; onPick: (days: number | null) => void }) {
  const t = useT();
  const label = days === null ? t('remind.menu') : t('remind.set', { n: days });
  return (
    <Menu label={t('remind.menu')} placement="top-start" className="min-w-56" trigger={(props) => <IconButton {...props} label={label} icon={<BellRing className="size-4" />} aria-pressed={days !== null} />}>
      <MenuHeading>{t('remind.title')}</MenuHeading>
      {CHOICES.map((choice) => (
        <MenuItem key={choice} onSelect={() => onPick(choice)}>
          {t('remind.after', { n: choice })}
        </MenuItem>
      ))}
      {days !== null && (
        <>
          <MenuSeparator />
          <MenuItem onSelect={() => onPick(null)}>{t('remind.never')}</MenuItem>
        </>
      )}
    </Menu>
  );
}

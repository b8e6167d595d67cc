'use client';
// Who is signed in, and the menu for theme, settings and signing out.
import { ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useLook } from '../../../../components/theme/look-store.ts';
import type { Theme } from '../../../../components/theme/preferences.ts';
import { Avatar } from '../../../../components/ui/avatar.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../../../components/ui/menu.tsx';
import { useMe, useSignOut, useUpdateSettings } from '../../_data/use-me.ts';
import { navigate } from '../../_navigation/use-view.ts';

const THEMES: readonly { theme: Theme; icon: typeof Sun }[] = [
  { theme: 'system', icon: Monitor },
  { theme: 'light', icon: Sun },
  { theme: 'dark', icon: Moon },
];

/** At the foot of the sidebar; opens upwards. */
export function AccountMenu({ onShowHelp }: { onShowHelp: () => void }) {
  const t = useT();
  const me = useMe();
  const look = useLook();
  const settings = useUpdateSettings();
  const signOut = useSignOut();
  const name = me?.settings.displayName || me?.account.displayName || '';
  const address = me?.account.address ?? '';

  return (
    <div className="p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
      <Menu
        label={t('nav.account')}
        placement="top-start"
        className="w-58"
        trigger={(props) => (
          <button {...props} type="button" aria-label={t('nav.account')} className="flex h-12 w-full items-center gap-2.5 rounded-lg px-2.5 text-start transition-colors hover:bg-hover aria-expanded:bg-pressed">
            {me ? <Avatar name={name} address={address} /> : <span className="size-8 rounded-full skeleton" />}
            <span className="min-w-0 flex-1">
              {me ? (
                <>
                  <span className="block truncate text-sm font-medium">{name || address}</span>
                  {name && <span className="block truncate text-xs text-ink-3">{address}</span>}
                </>
              ) : (
                <span className="block h-3 w-24 skeleton" />
              )}
            </span>
            <ChevronsUpDown aria-hidden className="size-4 text-ink-3" />
          </button>
        )}
      >
        <MenuHeading>{t('nav.theme')}</MenuHeading>
        {THEMES.map(({ theme, icon: Icon }) => (
          <MenuItem key={theme} icon={<Icon />} checked={look.theme === theme} onSelect={() => settings.mutate({ theme })}>
            {t(`theme.${theme}`)}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<Settings />} keys="G ," onSelect={() => navigate({ kind: 'settings', section: 'appearance' })}>
          {t('nav.settings')}
        </MenuItem>
        <MenuItem icon={<Keyboard />} keys="?" onSelect={onShowHelp}>
          {t('nav.shortcuts')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<LogOut />} onSelect={() => signOut.mutate()}>
          {t('nav.signOut')}
        </MenuItem>
      </Menu>
    </div>
  );
}

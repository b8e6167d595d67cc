'use client';
// Language and time zone, theme, density, reading pane, notices.
import { Monitor, Moon, Sun } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Segmented } from '../../../../components/ui/segmented.tsx';
import type { Me } from '../../../../server/web/contract/session.ts';
import { LanguageSettings } from './language-settings.tsx';
import { NoticeSettings } from './notice-settings.tsx';
import { SettingRow } from './setting-row.tsx';
import { useSaveSetting } from './use-save-setting.ts';

/** Changes show at once. */
export function AppearanceSection({ me }: { me: Me }) {
  const t = useT();
  const { save } = useSaveSetting();
  const { theme, density, readingPane } = me.settings;
  return (
    <>
      <LanguageSettings me={me} />
      <SettingRow title={t('settings.theme')} hint={t('settings.theme.hint')}>
        <Segmented
          label={t('settings.theme')}
          value={theme}
          onChange={(value) => save({ theme: value })}
          options={[
            { value: 'system', label: t('theme.system'), icon: <Monitor aria-hidden className="size-4" /> },
            { value: 'light', label: t('theme.light'), icon: <Sun aria-hidden className="size-4" /> },
            { value: 'dark', label: t('theme.dark'), icon: <Moon aria-hidden className="size-4" /> },
          ]}
        />
      </SettingRow>
      <SettingRow title={t('settings.density')} hint={t('settings.density.hint')}>
        <Segmented
          label={t('settings.density')}
          value={density}
          onChange={(value) => save({ density: value })}
          options={[
            { value: 'comfortable', label: t('settings.density.comfortable') },
            { value: 'compact', label: t('settings.density.compact') },
          ]}
        />
      </SettingRow>
      <SettingRow title={t('settings.pane')} hint={t('settings.pane.hint')}>
        <Segmented
          label={t('settings.pane')}
          value={readingPane}
          onChange={(value) => save({ readingPane: value })}
          options={[
            { value: 'right', label: t('settings.pane.right') },
            { value: 'none', label: t('settings.pane.none') },
          ]}
        />
      </SettingRow>
      <NoticeSettings />
    </>
  );
}

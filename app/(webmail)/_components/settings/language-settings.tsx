'use client';
// Language and time zone. Either loads the page anew: all that stands there was made with the old one.
import { useEffect, useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { LANGUAGE_TAGS, LANGUAGES } from '../../../../server/web/contract/languages.ts';
import type { Me, Settings } from '../../../../server/web/contract/session.ts';
import { SettingRow } from './setting-row.tsx';
import { useSaveSetting } from './use-save-setting.ts';

const BOX = 'field h-10 w-full max-w-72 rounded-md border border-control bg-surface px-3 text-base text-ink';

export function LanguageSettings({ me }: { me: Me }) {
  const t = useT();
  const { save, saving } = useSaveSetting();
  const { language, timeZone } = me.settings;
  // What the device knows and the server may not: shown once the browser draws.
  const [zones, setZones] = useState<{ device: string; all: string[] } | null>(null);
  useEffect(() => setZones({ device: Intl.DateTimeFormat().resolvedOptions().timeZone, all: Intl.supportedValuesOf('timeZone') }), []);
  const again = () => location.reload();
  return (
    <>
      <SettingRow title={t('settings.language')}>
        <select aria-label={t('settings.language')} value={language} disabled={saving} onChange={(event) => save({ language: event.target.value as Settings['language'] }, again)} className={BOX}>
          <option value="auto">{t('settings.language.auto')}</option>
          {LANGUAGE_TAGS.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {LANGUAGES[tag].name}
            </option>
          ))}
        </select>
      </SettingRow>
      <SettingRow title={t('settings.timeZone')} hint={t('settings.timeZone.hint')}>
        <select aria-label={t('settings.timeZone')} value={timeZone} disabled={saving} onChange={(event) => save({ timeZone: event.target.value }, again)} className={BOX}>
          <option value="">{t('settings.timeZone.device', { zone: zones?.device ?? '…' })}</option>
          {(zones?.all ?? (timeZone ? [timeZone] : [])).map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </SettingRow>
    </>
  );
}

'use client';
// Settings: sections at the side (above, on phones), one shown at a time.
import { Laptop, Palette, PencilLine, ShieldCheck, UserRound } from 'lucide-react';
import { addMessages } from '../../../../components/i18n/catalogue.ts';
import { compose } from '../../../../components/i18n/en/compose.ts';
import { settings } from '../../../../components/i18n/en/settings.ts';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useMe } from '../../_data/use-me.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';
import { SETTINGS_SECTIONS } from '../../_navigation/view.ts';
import type { SettingsSection } from '../../_navigation/view.ts';
import { AccountSection } from './account-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { DevicesSection } from './devices-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { WritingSection } from './writing-section.tsx';

addMessages({ ...settings, ...compose });

const SECTIONS = {
  appearance: { icon: Palette, label: 'settings.section.general', View: AppearanceSection },
  account: { icon: UserRound, label: 'settings.section.account', View: AccountSection },
  writing: { icon: PencilLine, label: 'settings.section.writing', View: WritingSection },
  privacy: { icon: ShieldCheck, label: 'settings.section.privacy', View: PrivacySection },
  devices: { icon: Laptop, label: 'settings.section.sessions', View: DevicesSection },
} as const;

/** `section` from the URL. */
export function SettingsView({ section }: { section: SettingsSection }) {
  const t = useT();
  const me = useMe();
  const { View, label } = SECTIONS[section];
  return (
    <div className="flex h-full flex-col md:flex-row">
      <nav aria-label={t('settings.nav')} className="shrink-0 border-b border-line p-3 md:w-56 md:border-e md:border-b-0">
        <h1 className="px-3 pt-1 pb-3 text-lg font-semibold">{t('settings.title')}</h1>
        <ul className="flex gap-1 overflow-x-auto md:flex-col">
          {SETTINGS_SECTIONS.map((each) => {
            const Icon = SECTIONS[each].icon;
            return (
              <li key={each}>
                <ViewLink
                  to={{ kind: 'settings', section: each }}
                  aria-current={each === section ? 'page' : undefined}
                  className="flex h-9 items-center gap-3 rounded-md px-3 text-base whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong"
                >
                  <Icon aria-hidden className="size-4" />
                  {t(SECTIONS[each].label)}
                </ViewLink>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-6 sm:px-8">
        <div className="max-w-2xl">
          <h2 className="mb-6 text-xl font-semibold tracking-[-0.012em]">{t(label)}</h2>
          {me ? <View me={me} /> : <div aria-hidden className="h-40 skeleton" />}
        </div>
      </div>
    </div>
  );
}

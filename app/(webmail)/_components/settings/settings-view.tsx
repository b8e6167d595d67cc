'use client';
// Settings: sections at the side (behind one button on phones), one shown at a time; the larger ones load when opened.
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { ArrowLeftRight, KeyRound, Laptop, Link2, ListFilter, Palette, PencilLine, ShieldCheck, Smartphone, UserRound } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import type { Me } from '../../../../server/web/contract/session.ts';
import { useMe } from '../../_data/use-me.ts';
import type { SettingsSection } from '../../_navigation/view.ts';
import { AccountSection } from './account-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { DevicesSection } from './devices-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { WritingSection } from './writing-section.tsx';
import { SettingsNav } from './settings-nav.tsx';

const SECTIONS = {
  appearance: { icon: Palette, label: 'settings.section.general', View: AppearanceSection },
  account: { icon: UserRound, label: 'settings.section.account', View: AccountSection },
  writing: { icon: PencilLine, label: 'settings.section.writing', View: WritingSection },
  filters: { icon: ListFilter, label: 'settings.section.filters', View: lazy(() => withTexts(import('./filters/filters-section.tsx'), 'filters', 'security')) },
  shares: { icon: Link2, label: 'settings.section.shares', View: lazy(() => withTexts(import('./shares/shared-files-section.tsx'), 'compose')) },
  security: { icon: KeyRound, label: 'settings.section.security', View: lazy(() => withTexts(import('./security/security-section.tsx'), 'security')) },
  apps: { icon: Smartphone, label: 'settings.section.apps', View: lazy(() => withTexts(import('./apps/apps-section.tsx'), 'security')) },
  transfers: { icon: ArrowLeftRight, label: 'settings.section.transfers', View: lazy(() => withTexts(import('./transfers/transfers-section.tsx'), 'transfers')) },
  privacy: { icon: ShieldCheck, label: 'settings.section.privacy', View: PrivacySection },
  devices: { icon: Laptop, label: 'settings.section.sessions', View: DevicesSection },
} as const;

/** `section` from the URL. */
export function SettingsView({ section }: { section: SettingsSection }) {
  const t = useT();
  const me = useMe();
  const { View, label }: { View: ComponentType<{ me: Me }>; label: (typeof SECTIONS)[SettingsSection]['label'] } = SECTIONS[section];
  return (
    <div className="flex h-full flex-col md:flex-row">
      <SettingsNav section={section} looks={SECTIONS} />
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-6 sm:px-8">
        <div className="max-w-2xl">
          <h2 className="mb-6 text-xl font-semibold tracking-[-0.012em]">{t(label)}</h2>
          <Suspense fallback={<div aria-hidden className="h-40 skeleton" />}>{me ? <View me={me} /> : <div aria-hidden className="h-40 skeleton" />}</Suspense>
        </div>
      </div>
    </div>
  );
}

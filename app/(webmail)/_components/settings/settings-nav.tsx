'use client';
// The sections of the settings: a list at the side, and on phones one button that opens it.
import type { ComponentType } from 'react';
import { ChevronDown } from 'lucide-react';
import type { LucideProps } from 'lucide-react';
import type { MessageKey } from '../../../../components/i18n/catalogue.ts';
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { SettingsSection } from '../../_navigation/view.ts';
import { SETTINGS_SECTIONS } from '../../_navigation/view.ts';
import { ViewLink } from '../../_navigation/view-link.tsx';

export interface SectionLook {
  icon: ComponentType<LucideProps>;
  label: MessageKey & `settings.section.${string}`;
}

function SectionLinks({ section, looks }: { section: SettingsSection; looks: Record<SettingsSection, SectionLook> }) {
  const t = useT();
  return (
    <ul className="flex flex-col gap-1">
      {SETTINGS_SECTIONS.map((each) => {
        const { icon: Icon, label } = looks[each];
        return (
          <li key={each}>
            <ViewLink
              to={{ kind: 'settings', section: each }}
              aria-current={each === section ? 'page' : undefined}
              className="flex h-11 items-center gap-3 rounded-md px-3 text-base text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong md:h-9"
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              {t(label)}
            </ViewLink>
          </li>
        );
      })}
    </ul>
  );
}

/** `section` is the one shown. */
export function SettingsNav({ section, looks }: { section: SettingsSection; looks: Record<SettingsSection, SectionLook> }) {
  const t = useT();
  const { icon: Icon, label } = looks[section];
  return (
    <nav aria-label={t('settings.nav')} className="shrink-0 border-b border-line p-3 md:w-56 md:overflow-y-auto md:border-e md:border-b-0">
      <h1 className="px-3 pt-1 pb-3 text-lg font-semibold">{t('settings.title')}</h1>
      <div className="hidden md:block">
        <SectionLinks section={section} looks={looks} />
      </div>
      {/* Made anew for each section, and so closed after a choice. */}
      <details key={section} className="group rounded-lg border border-line-strong bg-raised md:hidden">
        <summary className="flex h-11 cursor-pointer list-none items-center gap-3 rounded-lg px-3 text-base font-medium [&::-webkit-details-marker]:hidden">
          <Icon aria-hidden className="size-4 shrink-0" />
          {t(label)}
          <ChevronDown aria-hidden className="ms-auto size-4 transition-transform group-open:rotate-180" />
        </summary>
        <div className="max-h-[60dvh] overflow-y-auto border-t border-line p-1.5">
          <SectionLinks section={section} looks={looks} />
        </div>
      </details>
    </nav>
  );
}

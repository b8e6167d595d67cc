'use client';
// How messages are written and sent.
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Segmented } from '../../../../components/ui/segmented.tsx';
import type { Me } from '../../../../server/web/contract/session.ts';
import { IdentitySettings } from './identity-settings.tsx';
import { SettingRow } from './setting-row.tsx';
import { TemplateSettings } from './template-settings.tsx';
import { useSaveSetting } from './use-save-setting.ts';

const UNDO_SECONDS = [0, 5, 10, 20, 30] as const;

/** Applies to what is sent from now on. */
export function WritingSection({ me }: { me: Me }) {
  const t = useT();
  const { save } = useSaveSetting();
  return (
    <>
      <SettingRow title={t('settings.undo')} hint={t('settings.undo.hint')}>
        <Segmented
          label={t('settings.undo')}
          value={String(me.settings.undoSeconds)}
          onChange={(seconds) => save({ undoSeconds: Number(seconds) })}
          options={UNDO_SECONDS.map((n) => ({ value: String(n), label: n === 0 ? t('settings.undo.off') : t('settings.undo.seconds', { n }) }))}
        />
      </SettingRow>
      <IdentitySettings me={me} />
      <TemplateSettings />
    </>
  );
}

'use client';
// What loads from elsewhere when a message is opened.
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Segmented } from '../../../../components/ui/segmented.tsx';
import type { Me } from '../../../../server/web/contract/session.ts';
import { SettingRow } from './setting-row.tsx';
import { useSaveSetting } from './use-save-setting.ts';

/** Applies to messages opened from now on. */
export function PrivacySection({ me }: { me: Me }) {
  const t = useT();
  const { save } = useSaveSetting();
  return (
    <SettingRow title={t('settings.images')} hint={t('settings.images.hint')}>
      <Segmented
        label={t('settings.images')}
        value={me.settings.remoteImages}
        onChange={(remoteImages) => save({ remoteImages })}
        options={[
          { value: 'confirm', label: t('settings.images.confirm') },
          { value: 'trusted', label: t('settings.images.trusted') },
          { value: 'always', label: t('settings.images.always') },
        ]}
      />
    </SettingRow>
  );
}

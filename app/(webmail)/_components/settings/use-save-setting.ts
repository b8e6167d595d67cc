'use client';
// Saves a setting at once and says so; says why when it was refused.
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { SettingsPatch } from '../../../../server/web/contract/session.ts';
import { useUpdateSettings } from '../../_data/use-me.ts';
import { showToast } from '../../_state/toasts.ts';

/** `save(patch, done)`; `saving` while it is on its way. */
export function useSaveSetting() {
  const t = useT();
  const update = useUpdateSettings();
  const save = (patch: SettingsPatch, done?: () => void) =>
    update.mutate(patch, {
      onSuccess: () => (done ? done() : showToast({ text: t('settings.saved') })),
      onError: (error) => showToast({ tone: 'error', text: t('settings.failed', { message: error.message }) }),
    });
  return { save, saving: update.isPending };
}

'use client';
// Notices of new mail from this browser, also while no window is open.
import { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import '../../../../server/web/contract/account-paths.ts';
import { api } from '../../../../server/web/contract/client.ts';
import { showToast } from '../../_state/toasts.ts';
import { SettingRow } from './setting-row.tsx';

const KEY = ['push'] as const;
const possible = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && window.isSecureContext;

/** @returns the browser's subscription; null when the person did not allow notices */
async function askBrowser(publicKey: string): Promise<PushSubscriptionJSON | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  await before?.unsubscribe();
  return (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })).toJSON();
}

/** Belongs to this session: signing out ends it. */
export function NoticeSettings() {
  const t = useT();
  const client = useQueryClient();
  const [refused, setRefused] = useState(false);
  const { data } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api('push.get', {}, { signal }) });
  const change = useMutation({
    mutationFn: async (on: boolean) => {
      if (!on) return api('push.unsubscribe', {});
      const made = await askBrowser(data?.publicKey ?? '');
      setRefused(made === null);
      if (!made) return api('push.get', {});
      return api('push.subscribe', { body: { endpoint: made.endpoint ?? '', keys: { p256dh: made.keys?.p256dh ?? '', auth: made.keys?.auth ?? '' } } });
    },
    onSuccess: (state) => client.setQueryData(KEY, state),
    onError: (error) => showToast({ tone: 'error', text: t('settings.failed', { message: error.message }) }),
  });
  return (
    <SettingRow title={t('settings.notices')} hint={t('settings.notices.hint')}>
      {possible() ? (
        <Button busy={change.isPending} disabled={!data} onClick={() => change.mutate(!data?.subscribed)}>
          {data?.subscribed ? t('settings.notices.off') : t('settings.notices.on')}
        </Button>
      ) : (
        <p className="text-sm text-ink-3">{t('settings.notices.impossible')}</p>
      )}
      {refused && (
        <p role="alert" className="mt-2 text-sm text-danger">
          {t('settings.notices.refused')}
        </p>
      )}
    </SettingRow>
  );
}

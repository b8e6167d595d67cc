'use client';
// A fresh app password, the once that it is shown, and how each mail program takes it.
import { useState } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Dialog } from '../../../../../components/ui/dialog.tsx';
import { Segmented } from '../../../../../components/ui/segmented.tsx';
import type { AppPasswordCreated } from '../../../../../server/web/contract/security.ts';
import { showToast } from '../../../_state/toasts.ts';
import { QrPicture } from '../security/qr-picture.tsx';
import { ServerTable } from './server-table.tsx';

const CLIENTS = ['thunderbird', 'apple', 'outlook', 'android', 'other'] as const;
type Client = (typeof CLIENTS)[number];

function Help({ client, created }: { client: Client; created: AppPasswordCreated }) {
  const t = useT();
  const picture = client === 'apple' ? created.profile?.qr : client === 'android' ? created.thunderbird : null;
  const needsBoth = (client === 'apple' || client === 'android') && !picture;
  return (
    <div className="mt-4 flex flex-col gap-4 sm:flex-row">
      {picture && (
        <div className="self-center sm:self-start">
          <QrPicture code={picture} label={t(client === 'apple' ? 'apps.help.apple.qr' : 'apps.help.android.qr')} />
        </div>
      )}
      <div className="min-w-0 flex-1 space-y-3">
        <p className="text-base text-ink-2">{t(`apps.help.${client}`)}</p>
        {needsBoth && <p className="text-sm text-ink-3">{t('apps.help.both')}</p>}
        {client === 'apple' && created.profile && (
          <a href={created.profile.url} download="mail.mobileconfig" className="inline-flex h-9 items-center rounded-md border border-line-strong px-3.5 text-sm font-medium hover:bg-hover">
            {t('apps.help.apple.download')}
          </a>
        )}
        {(client === 'outlook' || client === 'other') && <ServerTable servers={created.servers} />}
      </div>
    </div>
  );
}

export function CreatedDialog({ created, onClose }: { created: AppPasswordCreated; onClose: () => void }) {
  const t = useT();
  const [client, setClient] = useState<Client>('thunderbird');
  return (
    <Dialog
      title={t('apps.created')}
      closeLabel={t('app.close')}
      onClose={onClose}
      size="lg"
      footer={
        <Button variant="primary" onClick={onClose}>
          {t('apps.done')}
        </Button>
      }
    >
      <p className="mb-3 text-base text-ink-2">{t('apps.once')}</p>
      <div className="flex flex-wrap items-center gap-3 rounded-lg bg-pressed px-4 py-3">
        <code data-testid="app-password" aria-label={t('apps.password')} className="min-w-0 flex-1 font-mono text-lg break-all select-all">
          {created.password}
        </code>
        <Button size="sm" data-autofocus onClick={() => void navigator.clipboard.writeText(created.password).then(() => showToast({ text: t('apps.copied') }))}>
          {t('apps.copy')}
        </Button>
      </div>
      <div className="mt-5">
        <Segmented label={t('apps.client')} value={client} onChange={setClient} options={CLIENTS.map((value) => ({ value, label: t(`apps.client.${value}`) }))} />
      </div>
      <Help client={client} created={created} />
    </Dialog>
  );
}

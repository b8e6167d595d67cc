'use client';
// Setting up an authenticator app: scan or type the key, then prove with a code that it arrived.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Dialog } from '../../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError } from '../../../../../server/web/contract/client.ts';
import type { SecurityChanged, TotpSecret } from '../../../../../server/web/contract/security.ts';
import { QrPicture } from './qr-picture.tsx';
import { accountApi } from './verified.ts';

export function TotpDialog({ secret, onClose, onDone }: { secret: TotpSecret; onClose: () => void; onDone: (changed: SecurityChanged) => void }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    setBusy(true);
    setError(undefined);
    try {
      onDone(await accountApi('totp.confirm', { body: { code } }));
    } catch (failure) {
      setBusy(false);
      if (failure instanceof ApiError && failure.code !== 'aborted') setError(failure.message);
    }
  };
  return (
    <Dialog title={t('security.totp.dialog')} closeLabel={t('app.close')} onClose={onClose} size="md">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5 sm:flex-row">
        <div className="self-center sm:self-start">
          <QrPicture code={secret.qr} label={t('security.totp.qr')} />
        </div>
        <div className="min-w-0 flex-1 space-y-4">
          <p className="text-base text-ink-2">{t('security.totp.scan')}</p>
          <p className="text-sm">
            <span className="block font-medium">{t('security.totp.key')}</span>
            <span data-testid="totp-key" className="font-mono break-all select-all">
              {secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}
            </span>
          </p>
          <TextField label={t('security.totp.code')} name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={10} required error={error} />
          <Button type="submit" variant="primary" busy={busy}>
            {t('security.totp.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

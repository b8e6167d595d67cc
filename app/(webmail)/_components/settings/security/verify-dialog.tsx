'use client';
// Asks the owner to prove to be there: password, or a passkey where there is one.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { KeyRound } from 'lucide-react';
import { startAuthentication } from '@simplewebauthn/browser';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Dialog } from '../../../../../components/ui/dialog.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import type { VerifyBody } from '../../../../../server/web/contract/security.ts';
import { useStore } from '../../../_state/store.ts';
import { proofStore } from './verified.ts';

/** Mounted once in the settings. */
export function VerifyDialog() {
  const asked = useStore(proofStore);
  return asked && <Proof answer={asked.answer} />;
}

function Proof({ answer }: { answer: (proved: boolean) => void }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const prove = async (make: () => Promise<VerifyBody>) => {
    setBusy(true);
    setError(undefined);
    try {
      await api('session.verify', { body: await make() });
      answer(true);
    } catch (failure) {
      setBusy(false);
      setError(failure instanceof ApiError ? failure.message : t('security.passkeys.cancelled'));
    }
  };
  const byPasskey = () =>
    prove(async () => {
      const { passkey } = await api('session.verifyOptions', {});
      if (!passkey) throw new ApiError('not_found', t('security.twoStep.first'));
      return { method: 'passkey', token: passkey.token, credential: { ...(await startAuthentication({ optionsJSON: passkey.options as never })) } as never };
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get('password') ?? '');
    void prove(async () => ({ method: 'password', password }));
  };

  return (
    <Dialog title={t('security.verify.title')} closeLabel={t('app.close')} onClose={() => answer(false)} size="sm">
      <p className="mb-4 text-base text-ink-2">{t('security.verify.text')}</p>
      <form onSubmit={submit}>
        <TextField label={t('security.verify.password')} name="password" type="password" autoComplete="current-password" required error={error} />
        <div className="mt-5 flex flex-wrap justify-between gap-2">
          <Button icon={<KeyRound className="size-4" />} disabled={busy} onClick={() => void byPasskey()}>
            {t('security.verify.passkey')}
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            {t('security.verify.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

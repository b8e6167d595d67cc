'use client';
// Signing in by passkey alone, where there can be one: passkeys belong to a host name, not to an address.
import { useEffect, useState } from 'react';
import { KeyRound } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import '../../../server/web/contract/account-paths.ts';

/** `onError` gets a text for people. */
export function PasskeyButton({ remember, onDone, onError }: { remember: () => boolean; onDone: () => void; onError: (text: string) => void }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [possible, setPossible] = useState(true);
  useEffect(() => setPossible('PublicKeyCredential' in window && !/^[\d.]+$|^\[/.test(location.hostname)), []);
  const signIn = async () => {
    setBusy(true);
    try {
      const [{ startAuthentication }, { token, options }] = await Promise.all([import('@simplewebauthn/browser'), api('session.passkeyOptions', {})]);
      const credential = await startAuthentication({ optionsJSON: options as never });
      await api('session.passkey', { body: { token, credential: { ...credential } as never, remember: remember() } });
      onDone();
    } catch (failure) {
      setBusy(false);
      onError(failure instanceof ApiError ? failure.message : t('signIn.passkeyFailed'));
    }
  };
  if (!possible) return null;
  return (
    <>
      <p aria-hidden className="my-3 text-center text-sm text-ink-3">
        {t('signIn.or')}
      </p>
      <Button size="lg" busy={busy} icon={<KeyRound className="size-4" />} className="w-full" onClick={() => void signIn()}>
        {t('signIn.passkey')}
      </Button>
    </>
  );
}

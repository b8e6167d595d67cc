'use client';
// The second step of a sign-in: the ways that the account has, one shown at a time.
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { CircleAlert, KeyRound } from 'lucide-react';
import { startAuthentication } from '@simplewebauthn/browser';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import '../../../server/web/contract/account-paths.ts';
import type { SecondStepMethod, SecondStepNeeded } from '../../../server/web/contract/security.ts';

const TEXT = { totp: 'signIn.step.totp', recovery_code: 'signIn.step.recovery', passkey: 'signIn.step.passkey' } as const;
const SWITCH = { totp: 'signIn.step.useTotp', recovery_code: 'signIn.step.useRecovery', passkey: 'signIn.step.usePasskey' } as const;

export interface SecondStepProps {
  needed: SecondStepNeeded['secondStep'];
  onDone: () => void;
  onRestart: () => void;
}

export default function SecondStep({ needed, onDone, onRestart }: SecondStepProps) {
  const t = useT();
  const [method, setMethod] = useState<SecondStepMethod>(needed.methods[0] ?? 'recovery_code');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ text: string; gone: boolean } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [method]);

  const step = async (make: () => Promise<Parameters<typeof api<'session.secondStep'>>[1]['body']>) => {
    setBusy(true);
    setError(null);
    try {
      await api('session.secondStep', { body: await make() });
      onDone();
    } catch (failure) {
      setBusy(false);
      const known = failure instanceof ApiError;
      setError({ text: known ? failure.message : t('signIn.passkeyFailed'), gone: known && failure.code === 'gone' });
      field.current?.select();
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    if (method === 'passkey') void step(async () => ({ method, token: needed.token, credential: { ...(await startAuthentication({ optionsJSON: needed.passkey as never })) } as never }));
    else void step(async () => ({ method, token: needed.token, code }));
  };

  return (
    <form onSubmit={submit} noValidate className="rounded-xl border border-line bg-surface p-6 shadow-2 sm:p-7">
      <h2 className="text-lg font-semibold">{t('signIn.step.title')}</h2>
      <p className="mt-1 mb-5 text-base text-ink-2">{t(TEXT[method])}</p>
      {error && (
        <p role="alert" className="mb-5 flex gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {error.text}
        </p>
      )}
      {method !== 'passkey' && (
        <TextField
          key={method}
          ref={field}
          label={t(method === 'totp' ? 'signIn.step.code' : 'signIn.step.recoveryCode')}
          name="code"
          autoComplete="one-time-code"
          inputMode={method === 'totp' ? 'numeric' : 'text'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={40}
          required
        />
      )}
      <Button type="submit" variant="primary" size="lg" busy={busy} icon={method === 'passkey' ? <KeyRound className="size-4" /> : undefined} className="mt-6 w-full">
        {t(method === 'passkey' ? 'signIn.step.usePasskey' : 'signIn.step.submit')}
      </Button>
      <div className="mt-4 flex flex-wrap justify-center gap-x-4 gap-y-1">
        {needed.methods
          .filter((each) => each !== method)
          .map((each) => (
            <Button key={each} variant="ghost" size="sm" onClick={() => setMethod(each)}>
              {t(SWITCH[each])}
            </Button>
          ))}
        <Button variant={error?.gone ? 'secondary' : 'ghost'} size="sm" onClick={onRestart}>
          {t('signIn.step.restart')}
        </Button>
      </div>
    </form>
  );
}

'use client';
// Address and password, or a passkey. A full page load follows a success, so that nothing of before stays in memory.
import { lazy, Suspense, useId, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useSearchParams } from 'next/navigation';
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import type { Translate } from '../../../components/i18n/catalogue.ts';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Checkbox } from '../../../components/ui/checkbox.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import { TextField } from '../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import type { SecondStepNeeded } from '../../../server/web/contract/security.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { safeNext } from './safe-next.ts';

const SecondStep = lazy(() => import('./second-step.tsx'));

const RATE_LIMIT_SECONDS = 60;

function waitText(seconds: number, t: Translate): string {
  return seconds < 90 ? t('error.waitSeconds', { n: seconds }) : t('error.waitMinutes', { n: Math.ceil(seconds / 60) });
}

function messageFor(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.title');
  if (error.code === 'rate_limited') return waitText(error.retryAfterSeconds ?? RATE_LIMIT_SECONDS, t);
  if (error.code === 'wrong_credentials' || error.code === 'unauthenticated') return t('signIn.failed');
  return error.message;
}

export function SignInForm() {
  const t = useT();
  const search = useSearchParams();
  const password = useRef<HTMLInputElement>(null);
  const alertId = useId();
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ text: string; fields: Record<string, string> } | null>(null);

  const [needed, setNeeded] = useState<SecondStepNeeded['secondStep'] | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const enter = () => location.replace(safeNext(search.get('next')));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const answer = await api('session.create', { body: { address: String(data.get('address') ?? ''), password: String(data.get('password') ?? ''), remember: data.get('remember') === 'on' } });
      if (!('secondStep' in answer)) return enter();
      setBusy(false);
      setNeeded(answer.secondStep);
    } catch (failure) {
      const fields = failure instanceof ApiError ? Object.fromEntries(failure.fields.map((each) => [each.field, each.rule])) : {};
      setError({ text: messageFor(failure, t), fields });
      setBusy(false);
      password.current?.select();
    }
  };

  if (needed) {
    return (
      <Suspense fallback={<div aria-hidden className="h-64 rounded-xl skeleton" />}>
        <SecondStep needed={needed} onDone={enter} onRestart={() => setNeeded(null)} />
      </Suspense>
    );
  }
  return (
    <form ref={form} method="post" onSubmit={(event) => void submit(event)} noValidate aria-describedby={error ? alertId : undefined} className="rounded-xl border border-line bg-surface p-6 shadow-2 sm:p-7">
      {search.get('ended') && !error && <p className="mb-5 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">{t('signIn.ended')}</p>}
      {error && (
        <p id={alertId} role="alert" className="mb-5 flex gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {error.text}
        </p>
      )}
      <div className="space-y-4">
        <TextField label={t('signIn.address')} name="address" type="email" inputMode="email" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required error={error?.fields.address} />
        <div>
          <TextField
            ref={password}
            label={t('signIn.password')}
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            required
            error={error?.fields.password}
            trailing={<IconButton label={shown ? t('signIn.hidePassword') : t('signIn.showPassword')} icon={shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />} className="me-1" onClick={() => setShown((now) => !now)} />}
          />
        </div>
        <label className="flex cursor-pointer items-center gap-2.5 text-sm text-ink-2 select-none">
          <Checkbox name="remember" />
          {t('signIn.remember')}
        </label>
      </div>
      <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-6 w-full">
        {t('signIn.submit')}
      </Button>
      <PasskeyButton
        remember={() => form.current !== null && new FormData(form.current).get('remember') === 'on'}
        onDone={enter}
        onError={(text) => setError({ text, fields: {} })}
      />
    </form>
  );
}

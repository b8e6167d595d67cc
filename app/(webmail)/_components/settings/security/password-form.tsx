'use client';
// Changing the account's password.
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import { showToast } from '../../../_state/toasts.ts';
import { SettingRow } from '../setting-row.tsx';

/** @param address for password managers, which save both */
export function PasswordForm({ address }: { address: string }) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setFaults({});
    try {
      await api('password.update', { body: { current: String(data.get('current') ?? ''), next: String(data.get('next') ?? '') } });
      form.current?.reset();
      showToast({ text: t('security.password.changed') });
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      const known = Object.fromEntries(failure.fields.map(({ field, rule }) => [field, rule]));
      setFaults(Object.keys(known).length > 0 ? known : { current: failure.message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <SettingRow title={t('security.password')} hint={t('security.password.hint')}>
      <form ref={form} onSubmit={(event) => void submit(event)} className="max-w-md space-y-4">
        <input type="hidden" name="username" autoComplete="username" value={address} readOnly />
        <TextField label={t('security.password.current')} name="current" type="password" autoComplete="current-password" required error={faults['current']} />
        <TextField label={t('security.password.next')} hint={t('security.password.nextHint')} name="next" type="password" autoComplete="new-password" required error={faults['next']} />
        <Button type="submit" busy={busy}>
          {t('security.password.submit')}
        </Button>
      </form>
    </SettingRow>
  );
}

'use client';
// The account's passkeys: list, add, remove.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { KeyRound } from 'lucide-react';
import { startRegistration } from '@simplewebauthn/browser';
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import type { Passkey, SecurityState } from '../../../../../server/web/contract/security.ts';
import { showToast } from '../../../_state/toasts.ts';
import { describeBrowser } from '../describe-browser.ts';
import { SettingRow } from '../setting-row.tsx';
import { RemovableLine } from '../removable-line.tsx';
import { useSecurityChange } from './use-security.ts';
import { accountApi } from './verified.ts';

async function makePasskey(name: string) {
  const { token, options } = await accountApi('passkeys.options', {});
  const credential = await startRegistration({ optionsJSON: options as never });
  return accountApi('passkeys.create', { body: { token, name, credential: { ...credential } as never } });
}

function PasskeyLine({ passkey }: { passkey: Passkey }) {
  const t = useT();
  const format = useFormat();
  const remove = useSecurityChange(() => accountApi('passkeys.delete', { params: { passkeyId: passkey.id } }));
  const when = passkey.lastUsedAt && format.lately(passkey.lastUsedAt);
  return (
    <RemovableLine
      icon={<KeyRound />}
      name={passkey.name}
      about={
        <>
          {when ? t('security.passkeys.used', { when }) : t('security.passkeys.unused')}
          {passkey.backedUp && ` · ${t('security.passkeys.synced')}`}
        </>
      }
      removal={{
        title: t('security.passkeys.remove.title', { name: passkey.name }), text: t('security.passkeys.remove.text'), label: t('security.passkeys.remove'),
        busy: remove.isPending, run: () => remove.mutate(),
      }}
    />
  );
}

export function PasskeySettings({ state }: { state: SecurityState }) {
  const t = useT();
  const [naming, setNaming] = useState(false);
  const add = useSecurityChange(makePasskey, () => {
    setNaming(false);
    showToast({ text: t('security.passkeys.added') });
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(String(new FormData(event.currentTarget).get('name') ?? '').trim());
  };
  return (
    <SettingRow title={t('security.passkeys')} hint={t('security.passkeys.hint')}>
      {state.passkeys.length > 0 && (
        <ul className="mb-3">
          {state.passkeys.map((passkey) => (
            <PasskeyLine key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {!state.passkeysPossible || /^[\d.]+$|^\[/.test(location.hostname) ? (
        <p className="text-sm text-ink-3">{t('security.passkeys.impossible')}</p>
      ) : naming ? (
        <form onSubmit={submit} className="flex max-w-md items-start gap-2">
          <TextField label={t('security.passkeys.name')} hint={t('security.passkeys.nameHint')} name="name" defaultValue={describeBrowser(navigator.userAgent)} maxLength={100} required autoFocus className="flex-1" />
          <Button type="submit" variant="primary" busy={add.isPending} className="mt-6.5">
            {t('security.passkeys.create')}
          </Button>
        </form>
      ) : (
        <Button size="sm" onClick={() => setNaming(true)}>
          {t('security.passkeys.add')}
        </Button>
      )}
    </SettingRow>
  );
}

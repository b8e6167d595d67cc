'use client';
// What a new app password is for, and what it may.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import type { AppPasswordScope } from '../../../../../server/web/contract/security.ts';

const SCOPES: readonly AppPasswordScope[] = ['imap', 'smtp', 'pop3'];

export function NewPasswordForm({ busy, onCreate }: { busy: boolean; onCreate: (made: { name: string; scopes: AppPasswordScope[] }) => void }) {
  const t = useT();
  const [scopes, setScopes] = useState<readonly AppPasswordScope[]>(['imap', 'smtp']);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onCreate({ name: String(new FormData(event.currentTarget).get('name') ?? '').trim(), scopes: [...scopes] });
  };
  return (
    <form onSubmit={submit} className="max-w-md space-y-4">
      <TextField label={t('apps.name')} name="name" placeholder={t('apps.name.placeholder')} maxLength={100} required />
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t('apps.scopes')}</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {SCOPES.map((scope) => (
            <label key={scope} className="flex cursor-pointer items-center gap-2 text-sm">
              <Checkbox checked={scopes.includes(scope)} onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))} />
              {t(`apps.scope.${scope}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <Button type="submit" variant="primary" busy={busy} disabled={scopes.length === 0}>
        {t('apps.create')}
      </Button>
    </form>
  );
}

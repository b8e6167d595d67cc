'use client';
// Name and signature of each address, where they differ from the account's.
import { lazy, Suspense, useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Segmented } from '../../../../components/ui/segmented.tsx';
import { TextField } from '../../../../components/ui/text-field.tsx';
import type { IdentityProfile, Me } from '../../../../server/web/contract/session.ts';
import { SettingRow } from './setting-row.tsx';
import { useSaveSetting } from './use-save-setting.ts';

const MessageEditor = lazy(() => import('../../_compose/editor.tsx'));
const nothing = () => undefined;

function IdentityForm({ me, address }: { me: Me; address: string }) {
  const t = useT();
  const { save, saving } = useSaveSetting();
  const others = me.settings.identities.filter((profile) => profile.address.toLowerCase() !== address.toLowerCase());
  const stored: IdentityProfile = me.settings.identities.find((profile) => profile.address.toLowerCase() === address.toLowerCase()) ?? { address, name: '', signatureHtml: null };
  const [profile, setProfile] = useState(stored);
  const [first] = useState(stored.signatureHtml ?? me.settings.signatureHtml);
  const changed = profile.name !== stored.name || profile.signatureHtml !== stored.signatureHtml;
  const setSignature = (html: string) => setProfile((now) => (now.signatureHtml === null ? now : { ...now, signatureHtml: html === '<p></p>' ? '' : html }));
  return (
    <form
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const kept = profile.name.trim() === '' && profile.signatureHtml === null ? [] : [{ ...profile, name: profile.name.trim() }];
        save({ identities: [...others, ...kept] });
      }}
    >
      <TextField
        label={t('settings.identity.name')}
        placeholder={me.settings.displayName}
        value={profile.name}
        maxLength={200}
        onChange={(event) => setProfile((now) => ({ ...now, name: event.target.value }))}
        className="max-w-md"
      />
      <Segmented
        label={t('settings.signature')}
        value={profile.signatureHtml === null ? 'shared' : 'own'}
        onChange={(which) => setProfile((now) => ({ ...now, signatureHtml: which === 'own' ? first : null }))}
        options={[
          { value: 'shared', label: t('settings.identity.shared') },
          { value: 'own', label: t('settings.identity.own') },
        ]}
      />
      {profile.signatureHtml !== null && (
        <div className="field flex h-44 flex-col overflow-hidden rounded-md border border-control bg-surface">
          <Suspense fallback={<div className="m-4 h-3 w-1/3 skeleton" />}>
            <MessageEditor html={first} label={t('settings.signature')} placeholder={t('settings.signature')} autoFocus={false} toolbar onChange={setSignature} onFiles={nothing} onReady={nothing} />
          </Suspense>
        </div>
      )}
      <Button type="submit" variant="primary" busy={saving} disabled={!changed}>
        {t('app.save')}
      </Button>
    </form>
  );
}

/** One address at a time. */
export function IdentitySettings({ me }: { me: Me }) {
  const t = useT();
  const [address, setAddress] = useState(me.identities[0]?.address ?? me.account.address);
  return (
    <SettingRow title={t('settings.identities')} hint={t('settings.identities.hint')}>
      <select aria-label={t('settings.identities')} value={address} onChange={(event) => setAddress(event.target.value)} className="h-10 w-full max-w-md rounded-md border border-control bg-surface px-3 text-base">
        {me.identities.map((identity) => (
          <option key={identity.address} value={identity.address}>
            {identity.address}
          </option>
        ))}
      </select>
      <IdentityForm key={address} me={me} address={address} />
    </SettingRow>
  );
}

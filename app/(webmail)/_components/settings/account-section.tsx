'use client';
// Name, addresses, signature, storage.
import { lazy, Suspense, useCallback, useState } from 'react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { TextField } from '../../../../components/ui/text-field.tsx';
import type { Me } from '../../../../server/web/contract/session.ts';
import { SettingRow } from './setting-row.tsx';
import { useSaveSetting } from './use-save-setting.ts';

const MessageEditor = lazy(() => import('../../_compose/editor.tsx'));
const nothing = () => undefined;

function Storage({ me }: { me: Me }) {
  const t = useT();
  const format = useFormat();
  const { usedBytes, limitBytes } = me.quota;
  const used = format.bytes(usedBytes);
  const share = limitBytes > 0 ? Math.min(1, usedBytes / limitBytes) : 0;
  return (
    <SettingRow title={t('settings.quota')}>
      <p className="text-sm text-ink-2">{limitBytes > 0 ? t('settings.quota.of', { used, limit: format.bytes(limitBytes) }) : t('settings.quota.used', { used })}</p>
      {limitBytes > 0 && (
        <div role="meter" aria-label={t('settings.quota')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} className="mt-2 h-1.5 w-full max-w-80 overflow-hidden rounded-full bg-pressed">
          <div className={cx('h-full min-w-1 rounded-full', share > 0.9 ? 'bg-danger' : 'bg-accent')} style={{ width: `${share * 100}%` }} />
        </div>
      )}
    </SettingRow>
  );
}

/** Saved by the button, not while typing. */
export function AccountSection({ me }: { me: Me }) {
  const t = useT();
  const { save, saving } = useSaveSetting();
  const [displayName, setDisplayName] = useState(me.settings.displayName);
  const [signatureHtml, setSignature] = useState(me.settings.signatureHtml);
  const [first] = useState(me.settings.signatureHtml);
  const changed = displayName !== me.settings.displayName || signatureHtml !== me.settings.signatureHtml;
  const change = useCallback((html: string) => setSignature(html === '<p></p>' ? '' : html), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save({ displayName: displayName.trim(), signatureHtml });
      }}
    >
      <section className="border-b border-line pb-5">
        <TextField label={t('settings.displayName')} hint={t('settings.displayName.hint')} value={displayName} maxLength={200} autoComplete="name" onChange={(event) => setDisplayName(event.target.value)} className="max-w-md" />
      </section>
      <SettingRow title={t('settings.addresses')} hint={t('settings.addresses.hint')}>
        <ul className="space-y-1 text-sm">
          {me.identities.map((identity) => (
            <li key={identity.address} className="flex items-center gap-2">
              {identity.address}
              {identity.main && <span className="rounded-xs bg-accent-soft px-1.5 text-2xs font-medium text-accent-strong">{t('settings.mainAddress')}</span>}
            </li>
          ))}
        </ul>
      </SettingRow>
      <SettingRow title={t('settings.signature')} hint={t('settings.signature.hint')}>
        <div className="field flex h-52 flex-col overflow-hidden rounded-md border border-control bg-surface">
          <Suspense fallback={<div className="m-4 h-3 w-1/3 skeleton" />}>
            <MessageEditor html={first} label={t('settings.signature')} placeholder={t('settings.signature')} autoFocus={false} toolbar onChange={change} onFiles={nothing} onReady={nothing} />
          </Suspense>
        </div>
      </SettingRow>
      <Storage me={me} />
      <Button type="submit" variant="primary" busy={saving} disabled={!changed} className="mt-2">
        {t('app.save')}
      </Button>
    </form>
  );
}

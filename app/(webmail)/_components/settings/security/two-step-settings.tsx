'use client';
// Two-step verification: its state, the authenticator app, recovery codes.
import { useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { cx } from '../../../../../components/ui/cx.ts';
import type { SecurityChanged, SecurityState, TotpSecret } from '../../../../../server/web/contract/security.ts';
import { useConfirm } from '../../../_state/confirm.ts';
import { SettingRow } from '../setting-row.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import { TotpDialog } from './totp-dialog.tsx';
import { useFailureToast, useSecurityChange } from './use-security.ts';
import { accountApi } from './verified.ts';

export function TwoStepSettings({ state }: { state: SecurityState }) {
  const t = useT();
  const confirm = useConfirm();
  const fail = useFailureToast();
  const [codes, setCodes] = useState<string[] | null>(null);
  const [secret, setSecret] = useState<TotpSecret | null>(null);
  const show = (changed: SecurityChanged) => changed.recoveryCodes && setCodes(changed.recoveryCodes);
  const setTwoStep = useSecurityChange((enabled: boolean) => accountApi('twoStep.update', { body: { enabled } }), show);
  const renew = useSecurityChange(() => accountApi('recoveryCodes.create', {}), show);
  const removeTotp = useSecurityChange(() => accountApi('totp.delete', {}));
  const begin = useMutation({ mutationFn: () => accountApi('totp.create', {}), onSuccess: setSecret, onError: fail });
  const finish = useSecurityChange(async (changed: SecurityChanged) => changed, show);
  const possible = state.totp || state.passkeys.length > 0;

  return (
    <>
      <SettingRow title={t('security.twoStep')} hint={t('security.twoStep.hint')}>
        <div className="flex flex-wrap items-center gap-3">
          <span data-testid="two-step-state" className={cx('rounded-full px-2.5 py-0.5 text-sm font-medium', state.twoStep ? 'bg-accent-soft text-accent-strong' : 'bg-pressed text-ink-2')}>
            {state.twoStep ? t('security.twoStep.on') : t('security.twoStep.off')}
          </span>
          {state.twoStep ? (
            <Button
              size="sm"
              variant="danger"
              busy={setTwoStep.isPending}
              onClick={() => confirm({ title: t('security.twoStep.turnOff.title'), text: t('security.twoStep.turnOff.text'), confirmLabel: t('security.twoStep.turnOff'), danger: true, onConfirm: () => setTwoStep.mutate(false) })}
            >
              {t('security.twoStep.turnOff')}
            </Button>
          ) : possible ? (
            <Button size="sm" variant="primary" busy={setTwoStep.isPending} onClick={() => setTwoStep.mutate(true)}>
              {t('security.twoStep.turnOn')}
            </Button>
          ) : (
            <span className="text-sm text-ink-3">{t('security.twoStep.first')}</span>
          )}
        </div>
      </SettingRow>
      <SettingRow title={t('security.totp')} hint={t('security.totp.hint')}>
        {state.totp ? (
          <Button
            size="sm"
            variant="danger"
            busy={removeTotp.isPending}
            onClick={() => confirm({ title: t('security.totp.remove.title'), text: t('security.totp.remove.text'), confirmLabel: t('security.totp.remove'), danger: true, onConfirm: () => removeTotp.mutate() })}
          >
            {t('security.totp.remove')}
          </Button>
        ) : (
          <Button size="sm" busy={begin.isPending} onClick={() => begin.mutate()}>
            {t('security.totp.setUp')}
          </Button>
        )}
      </SettingRow>
      {state.twoStep && (
        <SettingRow title={t('security.recovery')} hint={t('security.recovery.hint')}>
          <div className="flex items-center gap-3">
            <span className="text-sm text-ink-2">{t('security.recovery.left', { n: state.recoveryCodesLeft })}</span>
            <Button
              size="sm"
              busy={renew.isPending}
              onClick={() => confirm({ title: t('security.recovery.renew.title'), text: t('security.recovery.renew.text'), confirmLabel: t('security.recovery.renew'), onConfirm: () => renew.mutate() })}
            >
              {t('security.recovery.renew')}
            </Button>
          </div>
        </SettingRow>
      )}
      {secret && (
        <TotpDialog
          secret={secret}
          onClose={() => setSecret(null)}
          onDone={(changed) => {
            setSecret(null);
            finish.mutate(changed);
          }}
        />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </>
  );
}

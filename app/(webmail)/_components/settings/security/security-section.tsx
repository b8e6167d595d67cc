'use client';
// Security: two-step verification, passkeys, password, the trail.
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import type { Me } from '../../../../../server/web/contract/session.ts';
import { ActivityList } from './activity-list.tsx';
import { PasskeySettings } from './passkey-settings.tsx';
import { PasswordForm } from './password-form.tsx';
import { TwoStepSettings } from './two-step-settings.tsx';
import { useSecurity } from './use-security.ts';
import { VerifyDialog } from './verify-dialog.tsx';

export default function SecuritySection({ me }: { me: Me }) {
  const t = useT();
  const state = useSecurity();
  return (
    <>
      {state.isPending && <div aria-hidden className="h-40 skeleton" />}
      {state.isError && (
        <div role="alert" className="flex items-center gap-3 text-sm">
          {t('error.load')}
          <Button size="sm" onClick={() => void state.refetch()}>
            {t('app.retry')}
          </Button>
        </div>
      )}
      {state.data && (
        <>
          <TwoStepSettings state={state.data} />
          <PasskeySettings state={state.data} />
        </>
      )}
      <PasswordForm address={me.account.address} />
      <ActivityList />
      <VerifyDialog />
    </>
  );
}

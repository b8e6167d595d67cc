'use client';
// Agrees to a forwarding request by a press, not by opening the link: programs that look into mail open links too. The
// token is behind the #, so that it is in no server's log.
import { useState, useSyncExternalStore } from 'react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { ApiError, api } from '../../../server/web/contract/client.ts';
import '../../../server/web/contract/account-paths.ts';

const never = () => () => undefined;

export function AgreeForm() {
  const t = useT();
  const [busy, setBusy] = useState(false);
  // The server's own rendering hears no press: until the page does, the button cannot be pressed.
  const alive = useSyncExternalStore(never, () => true, () => false);
  const [result, setResult] = useState<{ text: string; failed: boolean } | null>(null);
  const agree = async () => {
    setBusy(true);
    const token = location.hash.slice(1);
    try {
      if (!/^[A-Za-z0-9_-]{43}$/.test(token)) throw new ApiError('gone', t('confirmForwarding.noLink'));
      setResult({ text: t('confirmForwarding.done', await api('forwarding.confirm', { body: { token } })), failed: false });
    } catch (error) {
      setResult({ text: error instanceof ApiError ? error.message : t('error.load'), failed: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p className="mt-2 mb-6 text-base text-ink-2">{t('confirmForwarding.text')}</p>
      {result && (
        <p role={result.failed ? 'alert' : 'status'} className={result.failed ? 'text-danger' : 'font-medium'}>
          {result.text}
        </p>
      )}
      {(!result || result.failed) && (
        <Button variant="primary" size="lg" busy={busy} disabled={!alive} className="mt-4 w-full" onClick={() => void agree()}>
          {t('confirmForwarding.agree')}
        </Button>
      )}
    </>
  );
}

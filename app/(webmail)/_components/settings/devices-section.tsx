'use client';
// Where the account is signed in, and signing out elsewhere.
import { MonitorSmartphone } from 'lucide-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { api } from '../../../../server/web/contract/client.ts';
import type { SessionInfo } from '../../../../server/web/contract/session.ts';
import { keys } from '../../_data/keys.ts';
import { showToast } from '../../_state/toasts.ts';
import { describeBrowser } from './describe-browser.ts';

function SessionLine({ session }: { session: SessionInfo }) {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api('sessions.revoke', { params: { sessionId: session.id } }),
    onSuccess: () => showToast({ text: t('settings.sessions.revoked') }),
    onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
  const when = format.lately(session.lastSeenAt);
  return (
    <li className="flex items-center gap-3 border-b border-line py-3 last:border-0">
      <MonitorSmartphone aria-hidden className="size-5 shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="text-base font-medium">
          {describeBrowser(session.userAgent) || t('settings.sessions.unknown')}
          {session.current && <span className="ms-2 rounded-xs bg-accent-soft px-1.5 text-2xs font-medium text-accent-strong">{t('settings.sessions.current')}</span>}
        </p>
        <p className="text-sm text-ink-3">
          {session.ip} · {t('settings.sessions.lastSeen', { when })}
        </p>
      </div>
      {!session.current && (
        <Button size="sm" variant="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          {t('settings.sessions.revoke')}
        </Button>
      )}
    </li>
  );
}

/** Newest first, as the server orders them. */
export function DevicesSection() {
  const t = useT();
  const sessions = useQuery({ queryKey: keys.sessions, queryFn: ({ signal }) => api('sessions.list', {}, { signal }).then((answer) => answer.items) });
  return (
    <>
      <p className="-mt-4 mb-4 text-sm text-ink-3">{t('settings.sessions.hint')}</p>
      {sessions.isPending && <div aria-hidden className="h-16 skeleton" />}
      {sessions.isError && (
        <div role="alert" className="flex items-center gap-3 text-sm">
          {t('error.load')}
          <Button size="sm" onClick={() => void sessions.refetch()}>
            {t('app.retry')}
          </Button>
        </div>
      )}
      <ul>
        {sessions.data?.map((session) => (
          <SessionLine key={session.id} session={session} />
        ))}
      </ul>
    </>
  );
}

'use client';
// Loads what keeps the mailbox usable without a network, once the first list stands.
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../components/i18n/i18n.tsx';
import { whenIdle } from '../_state/when-idle.ts';
import { useMe } from './use-me.ts';

const BEGIN_MS = 2_500;

/** Mounted once. */
export function useOffline(): void {
  const t = useT();
  const client = useQueryClient();
  const me = useMe();
  const known = me !== undefined;
  useEffect(() => {
    if (!me) return;
    let stop: (() => void) | null = null;
    let over = false;
    const begin = () =>
      void import('../_offline/offline-session.ts').then(({ startOffline }) => {
        if (!over) stop = startOffline({ me, client, t });
      }, () => undefined);
    const cancel = whenIdle(begin, BEGIN_MS);
    return () => {
      over = true;
      cancel();
      stop?.();
    };
    // One account a page: its settings may change, which is no reason to begin anew.
  }, [known, client, t]);
}

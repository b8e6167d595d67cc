'use client';
// Follows the server's events while the mailbox is open, and tells whether the connection stands.
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { followEvents } from '../../../server/web/contract/client.ts';
import { createStore } from '../_state/store.ts';
import { refreshWhenQuiet } from './live-gate.ts';
import { refreshMailbox } from './refresh.ts';

/** `lost` only after it has been away for a while: short breaks are not worth a word. */
export const connectionStore = createStore<'open' | 'lost'>('open');

const GATHER_MS = 80;
const LOST_AFTER_MS = 6_000;

/** Mounted once. Events that come together are answered together. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const changed = new Set<string>();
    let everything = false;
    let timer = 0;
    let lostTimer = 0;

    const flush = () => {
      timer = 0;
      const folderIds = everything ? [] : [...changed];
      changed.clear();
      everything = false;
      refreshWhenQuiet(() => refreshMailbox(client, folderIds));
    };
    const soon = () => {
      timer ||= window.setTimeout(flush, GATHER_MS);
    };
    const stop = followEvents({
      onChange: ({ folderIds }) => {
        if (folderIds.length === 0) everything = true;
        for (const id of folderIds) changed.add(id);
        soon();
      },
      onRefresh: () => {
        everything = true;
        soon();
      },
      onState: (state) => {
        if (state === 'open') {
          window.clearTimeout(lostTimer);
          lostTimer = 0;
          connectionStore.set('open');
          // What changed between the reading of what is shown and now, nobody has told.
          everything = true;
          soon();
        } else {
          // Every try that fails is told of: the first one counts.
          lostTimer ||= window.setTimeout(() => connectionStore.set('lost'), LOST_AFTER_MS);
        }
      },
    });
    return () => {
      stop();
      window.clearTimeout(timer);
      window.clearTimeout(lostTimer);
    };
  }, [client]);
}

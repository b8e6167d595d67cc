'use client';
// Loads what is needed for writing when the first message is begun, or when the browser has nothing else to do.
import { lazy, Suspense, useEffect } from 'react';
import { useMe } from '../_data/use-me.ts';
import { useStore } from '../_state/store.ts';
import { whenIdle } from '../_state/when-idle.ts';
import { windowStore } from './compose-windows.ts';
import { withTexts } from '../../../components/i18n/load-texts.ts';

const loadDock = () => withTexts(import('./compose-dock.tsx'), 'compose');
const loadEditor = () => import('./editor.tsx');
const ComposeDock = lazy(loadDock);

const IDLE_MS = 4_000;

/** Goes on with what an earlier page left: first the drafts that know of their files. */
async function reopen(accountId: string): Promise<void> {
  const { reopenKept } = await import('./kept-drafts.ts');
  await reopenKept(accountId);
  const { reopenSending } = await import('./kept-files.ts');
  await reopenSending(accountId);
}

/** Mounted once. */
export function ComposeLayer() {
  const accountId = useMe()?.account.id;
  const any = useStore(windowStore, (windows) => windows.length > 0);
  useEffect(() => {
    const warm = () => {
      // Loads with the rest: what was kept is of use only where it can be written on.
      if (accountId) void reopen(accountId);
      void loadDock();
      void loadEditor();
    };
    return whenIdle(warm, IDLE_MS);
  }, [accountId]);
  return <Suspense>{any && <ComposeDock />}</Suspense>;
}

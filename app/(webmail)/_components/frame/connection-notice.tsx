'use client';
// Says when the browser is offline or the server cannot be reached. Floats, so that nothing below it moves.
import { useSyncExternalStore } from 'react';
import { CloudOff } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { connectionStore } from '../../_data/use-live-updates.ts';
import { useStore } from '../../_state/store.ts';
import { waitingActions } from '../../_state/waiting-actions.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Mounted once. The live region stands empty until there is something to say. */
export function ConnectionNotice() {
  const t = useT();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const connection = useStore(connectionStore);
  const waiting = useStore(waitingActions);
  const lost = !online ? t('offline.text') : connection === 'lost' ? t('offline.reconnecting') : null;
  const text = lost && waiting > 0 ? `${lost} ${t('offline.waiting', { n: waiting })}` : lost;
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 top-2 z-40 flex justify-center px-4">
      {text && (
        <p className="flex items-center gap-2.5 rounded-full border border-line bg-warn-soft px-4 py-2 text-sm font-medium text-warn shadow-2 enter-fade">
          <CloudOff aria-hidden className="size-4 shrink-0" />
          {text}
        </p>
      )}
    </div>
  );
}

'use client';
// Shows the toasts, lets them be answered, and takes them away when their time is over.
import { useEffect, useRef } from 'react';
import { CircleAlert, X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { useStore } from '../../_state/store.ts';
import { dismissToast, toastStore } from '../../_state/toasts.ts';
import type { Toast } from '../../_state/toasts.ts';

function ToastCard({ toast }: { toast: Toast }) {
  const t = useT();
  const left = useRef(toast.durationMs);
  const timer = useRef<{ id: number; since: number } | null>(null);
  const start = () => {
    if (timer.current) return;
    timer.current = { id: window.setTimeout(() => dismissToast(toast.id), left.current), since: Date.now() };
  };
  const stop = () => {
    if (!timer.current) return;
    window.clearTimeout(timer.current.id);
    left.current -= Date.now() - timer.current.since;
    timer.current = null;
  };
  const pause = () => {
    if (!toast.strict) stop();
  };
  useEffect(() => {
    start();
    return stop;
    // The clock runs once per toast; pointer handlers stop and start it.
  }, []);

  return (
    <div onPointerEnter={pause} onPointerLeave={start} className="pointer-events-auto flex max-w-[min(30rem,calc(100vw-2rem))] items-center gap-1 rounded-lg bg-toast py-1.5 ps-4 pe-1.5 text-sm text-on-toast shadow-3 enter-rise">
      {toast.tone === 'error' && <CircleAlert aria-hidden className="me-2 size-4 shrink-0" />}
      <p className="min-w-0 flex-1 py-1 pe-2">{toast.text}</p>
      {toast.action && (
        <button
          type="button"
          className="h-8 shrink-0 rounded-md px-3 font-semibold text-toast-accent hover:bg-on-toast/10"
          onClick={() => {
            dismissToast(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" aria-label={t('app.dismiss')} className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-on-toast/75 hover:bg-on-toast/10 hover:text-on-toast" onClick={() => dismissToast(toast.id)}>
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}

/** Mounted once. Clears the floating compose button on phones. */
export function Toaster() {
  const toasts = useStore(toastStore);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-[calc(1rem+env(safe-area-inset-bottom))] z-50 flex flex-col items-center gap-2 px-4 max-md:bottom-[calc(5.25rem+env(safe-area-inset-bottom))]">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

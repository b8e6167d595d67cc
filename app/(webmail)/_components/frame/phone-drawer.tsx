'use client';
// The sidebar as a drawer over a phone's screen.
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../../components/ui/icon-button.tsx';

/** Open for as long as it is mounted. */
export function PhoneDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const t = useT();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={t('nav.label')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === ref.current && onClose()}
      className="m-0 h-dvh max-h-none w-[17.5rem] max-w-[85vw] bg-canvas text-ink shadow-3 enter-drawer"
    >
      <div className="relative flex h-full">
        {children}
        <IconButton label={t('app.close')} icon={<X className="size-5" />} size="lg" className="absolute end-1.5 top-2" onClick={onClose} />
      </div>
    </dialog>
  );
}

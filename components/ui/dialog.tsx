'use client';
// A modal dialog on the browser's own <dialog>: focus stays inside, Escape closes, focus returns.
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';

export interface DialogProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  /** Leaves out the visible heading (it still names the dialog). */
  bare?: boolean;
}

const SIZES = { sm: 'w-[26rem]', md: 'w-[36rem]', lg: 'w-[46rem]' } as const;

/** Open for as long as it is mounted. */
export function Dialog({ title, closeLabel, onClose, children, footer, size = 'md', bare }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    // The browser would take the first control, which is the one that closes.
    const wanted = ['[data-autofocus]', 'input', '[data-dialog-title]'].map((selector) => ref.current?.querySelector<HTMLElement>(selector)).find(Boolean);
    wanted?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === ref.current && onClose()}
      onKeyDown={(event) => event.stopPropagation()}
      className={cx(
        'm-auto max-h-[min(46rem,calc(100dvh-2rem))] max-w-[calc(100vw-2rem)] overflow-hidden rounded-xl border border-line bg-raised p-0 text-ink shadow-3 enter-rise',
        bare && 'mt-[12dvh]',
        SIZES[size],
      )}
    >
      <div className="flex max-h-[inherit] flex-col">
        <header className={cx('flex items-center justify-between ps-5 pe-3 pt-3.5 pb-2', bare && 'sr-only')}>
          <h2 id={id} data-dialog-title tabIndex={-1} className="text-lg font-semibold outline-none">
            {title}
          </h2>
          {!bare && <IconButton label={closeLabel} icon={<X className="size-4" />} onClick={onClose} />}
        </header>
        <div className={cx('min-h-0 overflow-y-auto', !bare && 'px-5 pb-5')}>{children}</div>
        {footer && <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
      </div>
    </dialog>
  );
}

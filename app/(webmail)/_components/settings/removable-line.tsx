'use client';
// A line of a list of things that the account gave away or set up: what it is, more about it, and the way to remove it.
import type { ReactNode } from 'react';
import { Button } from '../../../../components/ui/button.tsx';
import { useConfirm } from '../../_state/confirm.ts';

export interface RemovableLineProps {
  /** 20 px. */
  icon: ReactNode;
  name: string;
  /** Below the name. */
  about: ReactNode;
  /** Beside the way to remove it. */
  action?: ReactNode;
  removal: { title: string; text: string; label: string; busy: boolean; run: () => void };
}

export function RemovableLine({ icon, name, about, action, removal }: RemovableLineProps) {
  const confirm = useConfirm();
  const { title, text, label, busy, run } = removal;
  return (
    <li className="flex items-center gap-3 border-b border-line py-2.5 last:border-0">
      <span aria-hidden className="shrink-0 text-ink-3 [&>svg]:size-5">
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-base font-medium">{name}</p>
        <p className="text-sm text-ink-3">{about}</p>
      </div>
      {action}
      <Button size="sm" variant="danger" busy={busy} onClick={() => confirm({ title, text, confirmLabel: label, danger: true, onConfirm: run })}>
        {label}
      </Button>
    </li>
  );
}

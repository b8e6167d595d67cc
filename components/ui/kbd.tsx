// A key as printed in help texts and menus.
import type { ReactNode } from 'react';

/** One key cap. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="inline-flex h-5.5 min-w-5.5 items-center justify-center rounded-xs border border-line-strong bg-sunken px-1.5 font-sans text-xs font-medium text-ink-2">{children}</kbd>;
}

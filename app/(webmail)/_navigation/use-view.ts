'use client';
// Reads the view from the URL and moves to another one without asking the server for a page.
import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { parseView, viewHref } from './view.ts';
import type { View } from './view.ts';

/** The current view; follows back and forward. */
export function useView(): View {
  const pathname = usePathname();
  const search = useSearchParams();
  return useMemo(() => parseView(pathname, new URLSearchParams(search)), [pathname, search]);
}

/** The view at this moment, for event handlers. */
export const currentView = (): View => parseView(location.pathname, new URLSearchParams(location.search));

/** Goes to an address of the app that came from elsewhere. */
export function openAddress(address: string): void {
  const { pathname, searchParams } = new URL(address, location.href);
  navigate(parseView(pathname, searchParams));
}

/** Goes to a view. Going where one is already does nothing. */
export function navigate(view: View, how: 'push' | 'replace' = 'push'): void {
  const href = viewHref(view);
  if (href === location.pathname + location.search) return;
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
}

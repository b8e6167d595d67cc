'use client';
// The look in use in this tab: read from <html>, changed at once and remembered in the cookie.
import { useSyncExternalStore } from 'react';
import { DEFAULT_LOOK, LOOK_COOKIE, lookAttributes, lookValue, parseLook } from './preferences.ts';
import type { Look } from './preferences.ts';

const listeners = new Set<() => void>();
let current: Look | null = null;

function read(): Look {
  const { theme, density, pane } = document.documentElement.dataset;
  current ??= parseLook(`${theme}.${density}.${pane}`);
  return current;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Changes the look now and for the next visit of this browser. */
export function setLook(change: Partial<Look>): void {
  const next = { ...read(), ...change };
  if (lookValue(next) === lookValue(read())) return;
  current = next;
  for (const [name, value] of Object.entries(lookAttributes(next))) document.documentElement.setAttribute(name, value);
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${LOOK_COOKIE}=${lookValue(next)}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const listener of listeners) listener();
}

/** The look, following changes. */
export const useLook = (): Look => useSyncExternalStore(subscribe, read, () => DEFAULT_LOOK);

const darkMedia = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Whether dark colours show now, whatever the reason. */
export function useIsDark(): boolean {
  const { theme } = useLook();
  const systemDark = useSyncExternalStore(
    (listener) => {
      const media = darkMedia();
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => darkMedia().matches,
    () => false,
  );
  return theme === 'system' ? systemDark : theme === 'dark';
}

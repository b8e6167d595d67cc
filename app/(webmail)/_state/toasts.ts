'use client';
// Short messages at the bottom of the window, with an optional way back. Shown by _components/frame/toaster.tsx.
import { createStore } from './store.ts';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'error';
  action?: { label: string; run: () => void };
  /** How long it stays, in milliseconds; the pointer over it stops the clock. */
  durationMs: number;
  /** Goes at its time whatever the pointer does: what it offers is over then. */
  strict: boolean;
}

export const toastStore = createStore<readonly Toast[]>([]);

const MAX_SHOWN = 3;
let lastId = 0;

/** Shows a toast and returns its id. One with an action stays 10 s, an error 8 s, any other 4 s; `strictMs` is for what ends by itself. */
export function showToast(toast: { text: string; tone?: Toast['tone']; action?: Toast['action']; strictMs?: number }): number {
  lastId += 1;
  const durationMs = toast.strictMs ?? (toast.action ? 10_000 : toast.tone === 'error' ? 8_000 : 4_000);
  const next: Toast = { id: lastId, tone: toast.tone ?? 'plain', text: toast.text, durationMs, strict: toast.strictMs !== undefined, ...(toast.action ? { action: toast.action } : {}) };
  toastStore.set((now) => [...now, next].slice(-MAX_SHOWN));
  return next.id;
}

/** Takes a toast away; nothing happens when it has gone already. */
export function dismissToast(id: number): void {
  toastStore.set((now) => (now.some((toast) => toast.id === id) ? now.filter((toast) => toast.id !== id) : now));
}

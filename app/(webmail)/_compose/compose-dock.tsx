'use client';
// Arranges the floating windows along the foot of the page. The chunk with everything for writing.
import { useView } from '../_navigation/use-view.ts';
import { openConversation } from '../_navigation/view.ts';
import { useLayoutMode } from '../_state/layout-mode.ts';
import { useStore } from '../_state/store.ts';
import { useSaveOnLeave } from './compose-models.ts';
import { ComposeWindow } from './compose-window.tsx';
import { windowStore } from './compose-windows.ts';
import type { ComposeWindow as Window } from './compose-windows.ts';

/** An answer whose conversation isn't on screen waits in the dock. */
function place(window: Window, open: string | null, phone: boolean): Window | null {
  if (window.placement !== 'inline') return window;
  const here = window.request.kind === 'reply' && window.request.conversationId === open;
  if (phone) return { ...window, placement: 'full' };
  return here ? null : { ...window, placement: 'docked', minimised: true };
}

/** Everything that isn't shown below a conversation. */
export default function ComposeDock() {
  const windows = useStore(windowStore);
  const mode = useLayoutMode();
  const open = openConversation(useView());
  useSaveOnLeave();
  const phone = mode === 'phone';
  const shown = windows.flatMap((window) => place(window, open, phone) ?? []);
  if (shown.length === 0) return null;
  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-0 z-30 flex flex-row-reverse items-end gap-3 px-4">
      {(phone ? shown.slice(-1) : shown).map((window) => (
        <ComposeWindow key={window.id} window={window} phone={phone} />
      ))}
    </div>
  );
}

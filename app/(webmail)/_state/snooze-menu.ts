'use client';
// Which conversations the snooze menu is open for; null while it is shut. Shown by _components/snooze/snooze-menu.tsx.
import { createStore } from './store.ts';

export const snoozeTargets = createStore<readonly string[] | null>(null);

/** Opens the menu; false when there is nothing to snooze. */
export function openSnoozeMenu(conversationIds: readonly string[]): void | false {
  if (conversationIds.length === 0) return false;
  snoozeTargets.set(conversationIds);
}

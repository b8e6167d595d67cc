'use client';
// Which conversations the label menu is open for; null while it is shut. Shown by _components/labels/label-menu.tsx.
import { createStore } from './store.ts';

export const labelTargets = createStore<readonly string[] | null>(null);

/** Opens the menu; false when there is nothing to label. */
export function openLabelMenu(conversationIds: readonly string[]): void | false {
  if (conversationIds.length === 0) return false;
  labelTargets.set(conversationIds);
}

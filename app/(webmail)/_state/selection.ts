'use client';
// Which conversations of the shown list are ticked, and the row where a range starts. Emptied when the view changes.
import { createStore } from './store.ts';

export interface Selection {
  /** The list that it belongs to. */
  viewKey: string;
  ids: ReadonlySet<string>;
  anchor: string | null;
  /** All that the list holds, also what was not loaded: actions become jobs of the server. Ends with any change. */
  everything: boolean;
}

export const EMPTY_SELECTION: Selection = { viewKey: '', ids: new Set(), anchor: null, everything: false };

/** Ticks or unticks one, and makes it the anchor of the next range. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ...selection, ids, anchor: id, everything: false };
}

/**
 * Shift-click: everything between the anchor and `id` gets the anchor's state, in the order of `rows`. Without an
 * anchor that is still in the list it is a plain toggle.
 */
export function ranged(selection: Selection, id: string, rows: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : rows.indexOf(selection.anchor);
  const to = rows.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id);
  const ids = new Set(selection.ids);
  const tick = selection.anchor !== null && ids.has(selection.anchor);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (tick) ids.add(row);
    else ids.delete(row);
  }
  return { ...selection, ids, everything: false };
}

/** Drops what has left the list, keeping the object when nothing did. */
export function withoutMissing(selection: Selection, rows: readonly string[]): Selection {
  const present = new Set(rows);
  const ids = [...selection.ids].filter((id) => present.has(id));
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) };
}

export const selectionStore = createStore<Selection>(EMPTY_SELECTION);

/** Unticks everything. */
export function clearSelection(): void {
  selectionStore.set((now) => (now.ids.size === 0 ? now : { ...now, ids: new Set(), anchor: null, everything: false }));
}

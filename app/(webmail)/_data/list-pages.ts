// Changes to the cached pages of a list, as pure functions: optimistic actions and merging a fresh first page.
import type { ActionName, ConversationPage, ConversationRow, SpecialUse } from '../../../server/web/contract/mailbox.ts';

export interface ListPages {
  pages: ConversationPage[];
  pageParams: unknown[];
}

/** What a list shows, as far as it decides whether a row stays after an action. */
export interface ListPlace {
  kind: 'folder' | 'search';
  /** Of the folder; null for the user's own folders and searches. */
  use: SpecialUse | null;
  /** In a label's list, its keyword: who loses it leaves. */
  keyword?: string | undefined;
}

/** Keywords, lower case, that an action `label` sets and takes. */
export interface LabelChange {
  add: readonly string[];
  remove: readonly string[];
}

/** The labels after a change, in the order in which the server lists them. */
export function labelsAfter(labels: readonly string[], change: LabelChange): string[] {
  const kept = labels.filter((label) => !change.remove.includes(label.toLowerCase()));
  const there = new Set(kept.map((label) => label.toLowerCase()));
  return [...kept, ...change.add.filter((keyword) => !there.has(keyword))].sort();
}

/** A row after an action, or null when it leaves the list. */
export function rowAfter(row: ConversationRow, action: ActionName, place: ListPlace, labels?: LabelChange): ConversationRow | null {
  switch (action) {
    case 'read':
      return row.unreadCount === 0 ? row : { ...row, unreadCount: 0 };
    case 'unread':
      return row.unreadCount > 0 ? row : { ...row, unreadCount: 1 };
    case 'star':
      return row.starred ? row : { ...row, starred: true };
    case 'unstar':
      return row.starred ? { ...row, starred: false } : row;
    case 'archive':
      return place.kind === 'search' || place.use === 'archive' ? row : null;
    case 'move':
    case 'notSpam':
      return place.kind === 'search' ? row : null;
    case 'trash':
      return place.use === 'trash' ? row : null;
    case 'spam':
      return place.use === 'junk' ? row : null;
    case 'delete':
      return null;
    case 'snooze':
      return place.kind === 'search' || place.use === 'snoozed' ? row : null;
    case 'unsnooze':
      return place.use === 'snoozed' ? null : row;
    case 'mute':
      return place.use === 'inbox' ? null : row;
    case 'unmute':
      return row;
    case 'label':
      if (!labels) return row;
      return place.keyword !== undefined && labels.remove.includes(place.keyword) ? null : { ...row, labels: labelsAfter(row.labels, labels) };
  }
}

/** Applies an action to the named rows of all pages; the same object when nothing changes. */
export function pagesAfter(data: ListPages, ids: ReadonlySet<string>, action: ActionName, place: ListPlace, labels?: LabelChange): ListPages {
  let changed = false;
  const pages = data.pages.map((page) => {
    if (!page.items.some((row) => ids.has(row.id))) return page;
    const items = page.items.flatMap((row) => {
      if (!ids.has(row.id)) return [row];
      const after = rowAfter(row, action, place, labels);
      if (after !== row) changed = true;
      return after ? [after] : [];
    });
    return { ...page, items };
  });
  return changed ? { ...data, pages } : data;
}

/**
 * Puts a freshly read first page on top of cached ones without reading the rest again. Rows of the old first page
 * that are newer than the fresh page's end and not in it have left the list; older ones stay.
 */
export function withFreshHead(data: ListPages, fresh: ConversationPage): ListPages {
  const [oldHead, ...rest] = data.pages;
  const last = fresh.items.at(-1);
  if (!oldHead || !last || fresh.nextCursor === null) return { pages: [fresh], pageParams: data.pageParams.slice(0, 1) };
  const freshIds = new Set(fresh.items.map((row) => row.id));
  const keep = (row: ConversationRow) => !freshIds.has(row.id) && row.latestAt <= last.latestAt;
  const head: ConversationPage = { items: [...fresh.items, ...oldHead.items.filter(keep)], nextCursor: rest.length > 0 ? oldHead.nextCursor : fresh.nextCursor };
  if (rest.length === 0) head.items = fresh.items;
  return { ...data, pages: [head, ...rest.map((page) => ({ ...page, items: page.items.filter(keep) }))] };
}

/** All rows in order, each conversation once. */
export function rowsOf(data: ListPages | undefined): ConversationRow[] {
  if (!data) return [];
  const seen = new Set<string>();
  return data.pages.flatMap((page) => page.items.filter((row) => !seen.has(row.id) && seen.add(row.id)));
}

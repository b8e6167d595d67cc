// Which rows stay, change or leave after each action, and merging a fresh first page.
import { describe, expect, it } from 'vitest';
import type { ActionName, ConversationRow } from '../../../server/web/contract/mailbox.ts';
import { pagesAfter, rowAfter, rowsOf, withFreshHead } from './list-pages.ts';
import type { ListPlace } from './list-pages.ts';

const row = (id: string, minute = 0, change: Partial<ConversationRow> = {}): ConversationRow => ({
  id,
  folderId: 'f',
  subject: id,
  snippet: '',
  participants: [],
  recipients: [],
  messageCount: 1,
  unreadCount: 0,
  starred: false,
  hasAttachments: false,
  hasDraft: false,
  answered: false,
  labels: [],
  latestAt: new Date(Date.UTC(2026, 10, 22, 12, 60 - minute)).toISOString(),
  latestEmailId: `${id}-1`,
  ...change,
});

const inbox: ListPlace = { kind: 'folder', use: 'inbox' };
const search: ListPlace = { kind: 'search', use: null };

describe('rowAfter', () => {
  it.each<[ActionName, ListPlace, boolean]>([
    ['archive', inbox, false],
    ['archive', { kind: 'folder', use: 'archive' }, true],
    ['archive', search, true],
    ['trash', inbox, false],
    ['trash', search, false],
    ['trash', { kind: 'folder', use: 'trash' }, true],
    ['spam', inbox, false],
    ['spam', { kind: 'folder', use: 'junk' }, true],
    ['notSpam', { kind: 'folder', use: 'junk' }, false],
    ['move', inbox, false],
    ['move', search, true],
    ['delete', { kind: 'folder', use: 'trash' }, false],
    ['read', inbox, true],
    ['star', inbox, true],
  ])('%s in %o: stays %s', (action, place, stays) => {
    expect(rowAfter(row('a', 0, { unreadCount: 2 }), action, place) !== null).toBe(stays);
  });

  it('changes flags', () => {
    expect(rowAfter(row('a', 0, { unreadCount: 3 }), 'read', inbox)?.unreadCount).toBe(0);
    expect(rowAfter(row('a'), 'unread', inbox)?.unreadCount).toBe(1);
    expect(rowAfter(row('a', 0, { unreadCount: 3 }), 'unread', inbox)?.unreadCount).toBe(3);
    expect(rowAfter(row('a'), 'star', inbox)?.starred).toBe(true);
    expect(rowAfter(row('a', 0, { starred: true }), 'unstar', inbox)?.starred).toBe(false);
  });
});

describe('pagesAfter', () => {
  const data = { pages: [{ items: [row('a'), row('b', 1)], nextCursor: 'x' }, { items: [row('c', 2)], nextCursor: null }], pageParams: [null, 'x'] };
  it('takes rows out of every page', () => {
    expect(rowsOf(pagesAfter(data, new Set(['a', 'c']), 'archive', inbox)).map((each) => each.id)).toEqual(['b']);
  });
  it('keeps the object when nothing changes', () => {
    expect(pagesAfter(data, new Set(['a']), 'read', inbox)).toBe(data);
    expect(pagesAfter(data, new Set(['nowhere']), 'archive', inbox)).toBe(data);
  });
});

describe('withFreshHead', () => {
  const old = {
    pages: [
      { items: [row('b', 2), row('c', 3), row('d', 4)], nextCursor: 'p2' },
      { items: [row('e', 5), row('f', 6)], nextCursor: 'p3' },
    ],
    pageParams: [null, 'p2'],
  };
  const idsOf = (fresh: ConversationRow[], nextCursor: string | null = 'n') => rowsOf(withFreshHead(old, { items: fresh, nextCursor })).map((each) => each.id).join('');

  it('puts new conversations on top and keeps what follows', () => expect(idsOf([row('a', 1), row('b', 2), row('c', 3)])).toBe('abcdef'));
  it('moves a conversation up that got a new message', () => expect(idsOf([row('e', 1), row('b', 2), row('c', 3)])).toBe('ebcdf'));
  it('drops what left the head', () => expect(idsOf([row('b', 2), row('d', 4), row('e', 5)])).toBe('bdef'));
  it('is the whole list when there is no more', () => expect(idsOf([row('a', 1)], null)).toBe('a'));
  it('keeps the cursor that leads on from the last page', () => {
    expect(withFreshHead(old, { items: [row('a', 1), row('b', 2)], nextCursor: 'n' }).pages.at(-1)?.nextCursor).toBe('p3');
  });
});

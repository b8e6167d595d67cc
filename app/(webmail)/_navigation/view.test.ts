// URLs and views, both ways.
import { describe, expect, it } from 'vitest';
import { listKey, parseView, viewHref, withConversation } from './view.ts';
import type { View } from './view.ts';

const parse = (href: string) => {
  const url = new URL(href, 'http://localhost');
  return parseView(url.pathname, url.searchParams);
};

const pairs: [string, View][] = [
  ['/mail/inbox', { kind: 'folder', folder: 'inbox', filter: null, conversationId: null }],
  ['/mail/spam/0198.c-1?show=unread', { kind: 'folder', folder: 'spam', filter: 'unread', conversationId: '0198.c-1' }],
  ['/mail/f-65ab/c%3A9', { kind: 'folder', folder: 'f-65ab', filter: null, conversationId: 'c:9' }],
  ['/mail/l-JGxhYmVsMQ/c1', { kind: 'folder', folder: 'l-JGxhYmVsMQ', filter: null, conversationId: 'c1' }],
  ['/search?q=from%3Aada+%22two+words%22', { kind: 'search', q: 'from:ada "two words"', folder: null, conversationId: null }],
  ['/search/c1?q=caf%C3%A9&in=sent', { kind: 'search', q: 'café', folder: 'sent', conversationId: 'c1' }],
  ['/settings/privacy', { kind: 'settings', section: 'privacy' }],
];

describe('views', () => {
  it.each(pairs)('%s is read', (href, view) => expect(parse(href)).toEqual(view));
  it.each(pairs)('%s is written', (href, view) => expect(viewHref(view)).toBe(href));

  it.each(['/', '/mail', '/mail/nonsense', '/mail/%E0%A4%A', '/mail/f-', '/elsewhere/x'])('%s leads to the inbox', (href) => {
    expect(parse(href)).toMatchObject({ kind: 'folder', folder: 'inbox', conversationId: null });
  });

  it('ignores unknown filters, folders and sections', () => {
    expect(parse('/mail/sent?show=purple')).toMatchObject({ filter: null });
    expect(parse('/search?q=x&in=nowhere')).toMatchObject({ folder: null });
    expect(parse('/settings/unknown')).toEqual({ kind: 'settings', section: 'appearance' });
  });

  it('keeps the list when a conversation opens', () => {
    for (const [, view] of pairs) expect(listKey(withConversation(view, 'other'))).toBe(listKey(view));
  });
});

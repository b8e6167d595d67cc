// What opens by itself, and what hides in long conversations.
import { describe, expect, it } from 'vitest';
import type { EmailHead } from '../../../../server/web/contract/message.ts';
import { foldedPieces, initiallyOpen } from './message-folding.ts';

const head = (id: string, change: Partial<EmailHead> = {}) => ({ id, unread: false, draft: false, ...change }) as EmailHead;

describe('initiallyOpen', () => {
  it.each([
    ['the newest', [head('a'), head('b')], ['b']],
    ['unread ones too', [head('a', { unread: true }), head('b'), head('c')], ['a', 'c']],
    ['not the draft at the end', [head('a'), head('b', { draft: true })], ['a']],
    ['a draft when there is nothing else', [head('a', { draft: true })], ['a']],
    ['nothing of nothing', [], []],
  ])('%s', (_name, messages, expected) => expect([...initiallyOpen(messages)].sort()).toEqual(expected));
});

describe('foldedPieces', () => {
  const messages = [...'abcdefgh'].map((id) => head(id));
  const shape = (open: string, showAll = false) =>
    foldedPieces(messages, (id) => open.includes(id), showAll)
      .map((piece) => (piece.kind === 'hidden' ? `[${piece.messages.map((each) => each.id).join('')}]` : piece.message.id))
      .join('');
  it('hides the middle', () => expect(shape('h')).toBe('a[bcdef]gh'));
  it('hides only long runs', () => expect(shape('dh')).toBe('abcdefgh'));
  it('hides nothing when asked', () => expect(shape('h', true)).toBe('abcdefgh'));
  it('keeps open ones in their place', () => expect(shape('gh')).toBe('a[bcde]fgh'));
});

// What of a stored message reaches the index.
import { describe, expect, test } from 'vitest';
import { toStoredMessage } from '../infra/wildduck/stored-message.ts';
import { labelsOf, makeSnippet, toContent, toItemState } from './content.ts';
import { FIELDS } from './search-terms.ts';

describe('labels', () => {
  test('are the keywords that people set', () => {
    expect(labelsOf(['\\Seen', '$label1', 'Work', '$Forwarded', 'NonJunk', 'work', ' ', 'Été'])).toEqual(['$label1', 'Work', 'Été']);
  });
});

describe('snippet', () => {
  test.each([
    ['white space', 'Hello\n\n  there', 'Hello there'],
    ['quotes and rules', '> old\nnew\n-----\nmore', 'new more'],
    ['links and placeholders', 'See <https://x.example/a?b> [image: logo] now', 'See now'],
    ['long text is cut at a word', `${'word '.repeat(60)}`, 'word '.repeat(36).trim()],
    ['text without spaces is cut within', '漢'.repeat(300), '漢'.repeat(179)],
  ])('%s', (_, text, expected) => {
    expect(makeSnippet(text)).toBe(expected);
  });

  test('ends with a whole character', () => {
    expect(makeSnippet('a' + '😀'.repeat(200)).isWellFormed()).toBe(true);
  });
});

describe('state', () => {
  const state = (flags: string[]) => toItemState('f', { uid: 7, messageKey: 'k', modseq: 3, flags, receivedAt: new Date(0) });

  test('of flags', () => {
    expect(state([])).toMatchObject({ unread: true, starred: false, draft: false, answered: false, forwarded: false, deleted: false });
    expect(state(['\\Seen', '\\Flagged', '\\Draft', '\\Answered', '$Forwarded', '\\Deleted'])).toMatchObject({
      unread: false, starred: true, draft: true, answered: true, forwarded: true, deleted: true,
    });
    expect(state(['\\SEEN']).unread).toBe(false);
  });
});

describe('content of a stored document', () => {
  const document = (fields: Record<string, unknown>, header: Record<string, unknown> = {}) => ({
    _id: 'id', root: 'root', mailbox: 'box', uid: 1, modseq: 1, flags: [], idate: new Date('2026-01-02T03:04:05Z'), size: 10,
    mimeTree: { parsedHeader: header }, ...fields,
  });
  const contentOf = (fields: Record<string, unknown>, header?: Record<string, unknown>) => toContent(toStoredMessage(document(fields, header)));

  test('people, ids and dates', () => {
    const content = contentOf(
      { msgid: '<a@x>', subject: 'Hi' },
      {
        from: [{ name: '=?utf-8?q?J=C3=B6rg?=', address: 'Joerg@X.example' }],
        to: [{ name: 'Group', group: [{ name: '', address: 'one@x.example' }, { name: '', address: 'two@x.example' }] }],
        references: '<r1@x> <r2@x>', 'in-reply-to': '<r2@x>', 'list-id': 'The list <list.x.example>',
      },
    );
    expect(content).toMatchObject({
      messageKey: 'root', internetId: 'a@x', references: ['r1@x', 'r2@x'], from: { name: 'Jörg', address: 'joerg@x.example' },
      to: [{ name: '', address: 'one@x.example' }, { name: '', address: 'two@x.example' }], listId: 'list.x.example',
      sentAt: new Date('2026-01-02T03:04:05Z'),
    });
  });

  test('words beyond the first kilobyte, and those that only the HTML has', () => {
    const { terms } = contentOf({
      text: `start ${'filler '.repeat(150)}`, textFooter: `${'filler '.repeat(3000)} lastword`, html: ['<p>only <b>marked</b> up</p>'],
    });
    for (const word of ['start', 'lastword', 'marked']) expect(terms.has(FIELDS.any + word)).toBe(true);
  });

  test('the same words as text and HTML keep their order for phrases', () => {
    const { terms } = contentOf({ text: 'see you tomorrow', html: ['<p>see you tomorrow</p>'] });
    expect(terms.get(`${FIELDS.any}you`)).toHaveLength(1);
  });

  test('attachments count, embedded images do not', () => {
    const file = { id: 'ATT1', filename: 'Q3 report.pdf', contentType: 'application/pdf' };
    expect(contentOf({ attachments: [{ ...file, related: true }] }).hasAttachment).toBe(false);
    const { hasAttachment, terms } = contentOf({ attachments: [{ ...file, related: false }] });
    expect(hasAttachment).toBe(true);
    expect(terms.has(`${FIELDS.filename}report`)).toBe(true);
  });

  test.each([
    ['no headers at all', {}, undefined],
    ['headers of wrong types', { subject: 5, msgid: 3, text: null, html: null, attachments: [{}] }, { from: 'x', to: [null], references: [1, 2], 'list-id': [null] }],
    ['NUL characters', { subject: 'a\0b', text: 'c\0d', html: ['e\0f'] }, { from: [{ name: 'g\0h', address: 'i\0@x' }] }],
    ['dates that are none', { idate: new Date(NaN), hdate: 'soon' }, {}],
  ])('%s do no harm', (_, fields, header) => {
    const content = contentOf(fields as Record<string, unknown>, header as Record<string, unknown>);
    expect(JSON.stringify(content)).not.toContain('\\u0000');
    expect(content.receivedAt.getTime()).not.toBeNaN();
    expect(content.sentAt.getTime()).not.toBeNaN();
  });
});

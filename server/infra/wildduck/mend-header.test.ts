// Headers in 8-bit bytes that are no UTF-8, shown as they were meant.
import { describe, expect, test } from 'vitest';
import { isDamaged, mendHeader } from './mend-header.ts';
import { toStoredMessage } from './stored-message.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1').toString('latin1');

describe('mending', () => {
  test('damaged fields are read again, sound ones are left alone', () => {
    const header = { from: [{ name: 'J\ufffdrgen', address: 'j@x.example' }], to: [{ name: 'Zoë', address: 'z@x.example' }] };
    const lines = [bytes('From: J\xfcrgen <j@x.example>'), bytes('To: nobody <n@x.example>'), bytes('Subject: Gr\xfc\xdfe\r\n aus K\xf6ln')];
    expect(isDamaged('Gr\ufffd\ufffde', header)).toBe(true);
    const mended = mendHeader('Gr\ufffd\ufffde', header, lines);
    expect(mended.subject).toBe('Grüße aus Köln');
    expect(mended.parsedHeader['from']).toMatchObject([{ name: 'Jürgen', address: 'j@x.example' }]);
    expect(mended.parsedHeader['to']).toEqual(header.to);
  });

  test('UTF-8 in one field and Latin-1 in another', () => {
    const lines = [Buffer.from('Subject: Größe').toString('latin1'), bytes('From: \xc9va <e@x.example>')];
    expect(mendHeader('\ufffd', { from: [{ name: '\ufffdva', address: 'e@x.example' }] }, lines)).toMatchObject({
      subject: 'Größe', parsedHeader: { from: [{ name: 'Éva' }] },
    });
  });

  test.each([['sound', { from: [{ name: 'Zoë', address: 'z@x.example' }] }], ['nothing', undefined], ['odd', { from: 'x', to: null }]])(
    '%s is not damaged', (_, header) => expect(isDamaged('Grüße', header as Record<string, unknown>)).toBe(false),
  );

  test('a field that is gone from the lines stays as it was read', () => {
    expect(mendHeader('\ufffd', {}, []).subject).toBeUndefined();
  });

  test('a mended document maps like any other', () => {
    const document = { _id: 'i', mailbox: 'm', uid: 1, subject: 'Gr\ufffd\ufffde', mimeTree: { parsedHeader: { from: [{ name: 'J\ufffdrgen', address: 'j@x' }] } } };
    const lines = [bytes('subject: Gr\xfc\xdfe'), bytes('FROM: J\xfcrgen <j@x>')];
    expect(toStoredMessage(document, lines)).toMatchObject({ subject: 'Grüße', from: [{ name: 'Jürgen', address: 'j@x' }] });
  });
});

// vCards of the programs that people come from, and back.
import { describe, expect, test } from 'vitest';
import type { ContactCard } from './contact-card.ts';
import { readVcards } from './read-vcard.ts';
import { writeVcard, type VcardVersion } from './write-vcard.ts';

const read = (lines: string[]) => readVcards(Buffer.from(`${['BEGIN:VCARD', ...lines, 'END:VCARD'].join('\r\n')}\r\n`));
const person = (lines: string[]) => {
  const [found] = read(lines);
  if (found?.kind !== 'person') throw new Error(JSON.stringify(found));
  return found;
};

describe('reading', () => {
  test('what Apple and Google export: groups of properties, labels, preference', () => {
    const { card, categories } = person([
      'VERSION:3.0', 'N:Lovelace;Ada;King;Lady;', 'FN:Lady Ada Lovelace', 'ORG:Analytical Engines;Programs', 'TITLE:Author',
      'EMAIL;TYPE=INTERNET;TYPE=HOME:ada@home.example', 'item1.EMAIL;type=INTERNET;type=pref:ada@work.example', 'item1.X-ABLabel:_$!<Work>!$_',
      'item2.TEL:+44 1', 'item2.X-ABLabel:Laboratory', 'TEL;TYPE=CELL,VOICE:+44 2', 'NOTE:first\\nsecond\\, third\\; fourth',
      'CATEGORIES:myContacts,Poets', 'ADR;TYPE=HOME:;;St James Sq 1;London;;SW1;UK', 'item3.URL:https://ada.example', 'item3.X-ABLabel:Blog',
    ]);
    expect(card).toMatchObject({
      name: 'Lady Ada Lovelace', family: 'Lovelace', given: 'Ada', nameRest: ['King', 'Lady', ''], organization: 'Analytical Engines, Programs', title: 'Author',
      addresses: [{ address: 'ada@work.example', label: 'work' }, { address: 'ada@home.example', label: 'home' }],
      phones: [{ number: '+44 1', label: 'Laboratory' }, { number: '+44 2', label: 'mobile' }],
      note: 'first\nsecond, third; fourth',
    });
    expect(categories).toEqual(['myContacts', 'Poets']);
    expect(card.others.map(([name]) => name)).toEqual(['adr', 'url', 'x-ablabel']);
  });

  test('4.0: PREF, tel: URIs, data URIs, UIDs', () => {
    const { card } = person([
      'VERSION:4.0', 'UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1', 'FN:Вера Лодкина', 'N:Лодкина;Вера;;;',
      'EMAIL;PREF=2:second@x.example', 'EMAIL;TYPE=work;PREF=1:first@x.example', 'TEL;VALUE=uri;TYPE="voice,cell":tel:+1-2', 'PHOTO:data:image/png;base64,iVBORw==',
    ]);
    expect(card).toMatchObject({
      uid: '4fbe8971-0bc3-424c-9c26-36c3e1eff6b1', name: 'Вера Лодкина', addresses: [{ address: 'first@x.example', label: 'work' }, { address: 'second@x.example', label: '' }],
      phones: [{ number: '+1-2', label: 'mobile' }], photo: { contentType: 'image/png', base64: 'iVBORw==' },
    });
  });

  test('2.1 of old phones: bare types, quoted-printable over lines, base64', () => {
    const { card } = person([
      'VERSION:2.1', 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BC=', 'rgen;;;', 'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen M=C3=BCller',
      'TEL;CELL;PREF:0170 1', 'EMAIL;HOME:j@m.example', 'PHOTO;ENCODING=BASE64;JPEG:/9j/', ' AAAA', 'NOTE:a, b; c',
    ]);
    expect(card).toMatchObject({ name: 'Jürgen Müller', family: 'Müller', given: 'Jürgen', phones: [{ number: '0170 1', label: 'mobile' }], note: 'a, b; c', photo: { contentType: 'image/jpeg', base64: '/9j/AAAA' } });
  });

  test.each([
    ['an organisation without a name', ['VERSION:3.0', 'FN:', 'N:;;;;', 'ORG:Acme'], 'Acme'],
    ['an address alone', ['VERSION:3.0', 'FN:', 'EMAIL:x@y.example'], 'x@y.example'],
    ['no version, folded lines', ['FN:Fol', ' ded', 'EMAIL:x@y.example'], 'Folded'],
  ])('%s', (_name, lines, name) => expect(person(lines).card.name).toBe(name));

  test('groups of 4.0 and of Apple, by the UIDs of their members', () => {
    expect(read(['VERSION:4.0', 'KIND:group', 'FN:Crew', 'MEMBER:urn:uuid:a-1', 'MEMBER:urn:uuid:b-2'])).toEqual([{ kind: 'group', name: 'Crew', memberUids: ['a-1', 'b-2'] }]);
    expect(read(['VERSION:3.0', 'FN:Crew', 'N:Crew', 'X-ADDRESSBOOKSERVER-KIND:group', 'X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:a-1'])).toEqual([{ kind: 'group', name: 'Crew', memberUids: ['a-1'] }]);
  });

  test('one unreadable card ends no file, nor does another version in it', () => {
    const file = ['BEGIN:VCARD', 'VERSION:3.0', 'FN:One', 'END:VCARD', 'BEGIN:VCARD', 'no colon here', 'END:VCARD', 'BEGIN:VCARD', 'VERSION:4.0', 'FN:Two', 'PHOTO:data:image/png;base64,AAAA', 'END:VCARD', 'BEGIN:VCARD', 'FN:Cut off'];
    const cards = readVcards(Buffer.from(file.join('\n')));
    expect(cards.map((card) => (card.kind === 'person' ? card.card.name : card.kind))).toEqual(['One', 'unreadable', 'Two']);
    expect(cards[2]).toMatchObject({ card: { photo: { base64: 'AAAA' } } });
    expect(readVcards(Buffer.from('hello'))).toEqual([]);
    expect(readVcards(Buffer.from('BEGIN:VCARD\nFN:J\xfcrgen\nEND:VCARD', 'latin1'))).toMatchObject([{ card: { name: 'Jürgen' } }]);
  });
});

const CARD: ContactCard = {
  uid: '4fbe8971-0bc3-424c-9c26-36c3e1eff6b1', name: 'Ada, Countess; of Lovelace', family: 'Lovelace', given: 'Ada', nameRest: ['King', 'Lady', ''],
  organization: 'Engines & Co.', title: 'Author', note: 'Line one\nline two — with, all; of: it',
  addresses: [{ address: 'ada@x.example', label: 'work' }, { address: 'ada@y.example', label: 'Summer house' }, { address: 'ada@z.example', label: '' }],
  phones: [{ number: '+44 1', label: 'mobile' }],
  photo: { contentType: 'image/png', base64: 'iVBORw0KGgo'.repeat(20) },
  others: [['adr', { type: 'home' }, 'text', ['', '', 'St James Sq 1', 'London', '', 'SW1', 'UK']], ['url', {}, 'uri', 'https://ada.example/?a=1,2']],
};

test.each(['3.0', '4.0'] satisfies VcardVersion[])('a card written as %s is read as the same', (version) => {
  const text = writeVcard(CARD, ['Poets', 'A, B'], version);
  const [back] = readVcards(Buffer.from(text));
  expect(back).toMatchObject({ kind: 'person', categories: ['Poets', 'A, B'], card: { ...CARD, others: [['adr', { type: 'home' }, 'text', CARD.others[0]![3]], ['url', {}, 'uri', 'https://ada.example/?a=1,2']] } });
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 78)).toBe(true);
  expect(text).toContain(`VERSION:${version}`);
});

test('3.0 carries nothing that it has no word for', () => {
  const text = writeVcard({ ...CARD, others: [['kind', {}, 'text', 'individual'], ['anniversary', {}, 'date-and-or-time', '2001-02-03'], ['bday', { pref: '1' }, 'date-and-or-time', '--02-03']] }, [], '3.0');
  expect(text).not.toMatch(/^KIND|PREF=|date-and-or-time/im);
  expect(text).toMatch(/^X-ANNIVERSARY/m);
});

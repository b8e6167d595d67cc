// What people type and paste as recipients.
import { describe, expect, it } from 'vitest';
import { addRecipients, isAddress, parseRecipient, parseRecipients } from './recipients.ts';

describe('isAddress', () => {
  it.each(['a@b.cd', 'first.last+tag@sub.example.com', '"odd local"@example.com', 'ünï@exämple.com', "o'neil@example.co.uk"])('%s', (address) => expect(isAddress(address)).toBe(true));
  it.each(['', 'ada', 'ada@', '@example.com', 'ada@localhost', 'a b@example.com', 'a..b@example.com', '.a@example.com', 'a@-b.com', 'a@b..com', `${'x'.repeat(65)}@example.com`, 'a@b.com\r\nBcc: x@y.z'])('not %j', (address) => expect(isAddress(address)).toBe(false));
});

describe('parseRecipient', () => {
  it.each([
    ['ada@example.com', { name: '', address: 'ada@example.com', valid: true }],
    ['Ada Lovelace <ada@example.com>', { name: 'Ada Lovelace', address: 'ada@example.com', valid: true }],
    ['"Lovelace, Ada" <ada@example.com>', { name: 'Lovelace, Ada', address: 'ada@example.com', valid: true }],
    ['<ada@example.com>', { name: '', address: 'ada@example.com', valid: true }],
    ['mailto:ada@example.com', { name: '', address: 'ada@example.com', valid: true }],
    ['"Say \\"hi\\"" <a@b.cd>', { name: 'Say "hi"', address: 'a@b.cd', valid: true }],
    ['Ada', { name: '', address: 'Ada', valid: false }],
  ])('%s', (text, expected) => expect(parseRecipient(text)).toEqual(expected));
});

describe('parseRecipients', () => {
  const addresses = (text: string) => parseRecipients(text).map((each) => each.address);
  it.each([
    ['commas and semicolons', 'a@b.cd, c@d.ef; g@h.ij', ['a@b.cd', 'c@d.ef', 'g@h.ij']],
    ['lines', 'a@b.cd\nc@d.ef\n\n', ['a@b.cd', 'c@d.ef']],
    ['spaces between bare addresses', 'a@b.cd c@d.ef', ['a@b.cd', 'c@d.ef']],
    ['a comma within quotes', '"Lovelace, Ada" <a@b.cd>, Bob <c@d.ef>', ['a@b.cd', 'c@d.ef']],
    ['nothing', ' , ;\n', []],
  ])('%s', (_name, text, expected) => expect(addresses(text)).toEqual(expected));
});

describe('addRecipients', () => {
  it('leaves out repeats, whatever their case', () => {
    const now = parseRecipients('a@b.cd');
    expect(addRecipients(now, parseRecipients('A@B.CD, c@d.ef, C@d.ef')).map((each) => each.address)).toEqual(['a@b.cd', 'c@d.ef']);
  });
});
